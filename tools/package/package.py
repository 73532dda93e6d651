"""The recipe of snpse for Spack. Put it into a repository of recipes as packages/snpse/package.py:

    spack repo create snpse-recipes
    mkdir -p snpse-recipes/packages/snpse && cp tools/package/package.py snpse-recipes/packages/snpse/
    spack repo add snpse-recipes
    spack dev-build snpse@main

Only its syntax has been checked: Spack was not at hand. The versions are those of Debian 12, which the program is tested with.
"""
from spack.package import CMakePackage, depends_on, variant, version


class Snpse(CMakePackage):
    """Posteriors of simulators by sequential neural score estimation, on one core or under MPI."""

    homepage = "https://arxiv.org/abs/2210.04872"

    version("main")
    variant("report", default=True, description="pictures of snpse report, by gnuplot")

    depends_on("cxx", type="build")
    depends_on("c", type="build")
    depends_on("cmake@3.25:", type="build")
    depends_on("ninja", type="build")
    depends_on("py-torch@1.13: ~cuda")  # LibTorch
    depends_on("openmpi@4.1:")
    depends_on("boost@1.74: +mpi +serialization cxxstd=20")
    depends_on("hdf5@1.10: +hl ~mpi")
    depends_on("openblas threads=pthreads")
    depends_on("onednn")
    depends_on("eigen@3.4:")
    depends_on("random123")
    depends_on("fmt@9:")
    depends_on("spdlog")
    depends_on("cli11@2:")
    depends_on("tomlplusplus")
    depends_on("nlohmann-json")
    depends_on("gnuplot", when="+report", type="run")

    def cmake_args(self):
        torch = self.spec["py-torch"]
        return [
            self.define("SNPSE_TESTS", False),
            self.define("Torch_DIR", f"{torch.package.cmake_prefix_paths[0]}/Torch"),
        ]
