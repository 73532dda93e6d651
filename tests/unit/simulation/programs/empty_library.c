/* A shared library that is no simulator. */
int something_else(void);
int something_else(void) {
  return 0;
}
