# What the sources must keep to, whatever they do.
find_package(Python3 REQUIRED COMPONENTS Interpreter)

add_test(NAME check.layers COMMAND Python3::Interpreter -B ${CMAKE_CURRENT_LIST_DIR}/check_layers.py ${PROJECT_SOURCE_DIR})
add_test(NAME check.layers_test COMMAND Python3::Interpreter -B ${CMAKE_CURRENT_LIST_DIR}/check_layers_test.py)
add_test(NAME check.scale_model COMMAND Python3::Interpreter -B ${CMAKE_CURRENT_LIST_DIR}/scale_model_test.py)
add_test(NAME check.format COMMAND ${CMAKE_CURRENT_LIST_DIR}/check_format.sh)
add_test(NAME check.unfinished
         COMMAND sh -c "! grep -rnE 'T[O]DO|F[I]XME' include src tests tools jobs"
         WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
set_tests_properties(check.layers check.layers_test check.scale_model check.format check.unfinished PROPERTIES LABELS check)
