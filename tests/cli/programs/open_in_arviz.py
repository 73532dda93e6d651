"""Opens FILE.nc with ArviZ, xarray and netCDF4, makes ArviZ's plots, and prints what the file holds as JSON.

    open_in_arviz.py FILE.nc FOLDER_FOR_PLOTS
"""
import json
import sys

import matplotlib

matplotlib.use("Agg")
import arviz as az
import matplotlib.pyplot as plt
import xarray as xr


def plot(name, make, *arguments, **options):
    make(*arguments, **options)
    plt.savefig(f"{sys.argv[2]}/{name}.png")
    plt.close("all")


def facts(dataset):
    return {"dims": {name: list(variable.dims) for name, variable in dataset.data_vars.items()},
            "sizes": dict(dataset.sizes),
            "means": {name: float(variable.mean()) for name, variable in dataset.data_vars.items()},
            "coordinates": {name: values.values.tolist() for name, values in dataset.coords.items() if values.size < 100}}


def main():
    file = sys.argv[1]
    data = az.from_netcdf(file)
    version_1 = int(az.__version__.split(".")[0]) >= 1
    groups = list(data.children) if version_1 else data.groups()
    has_predictive = "posterior_predictive" in groups
    plot("pair", az.plot_pair, data)
    if has_predictive:
        if version_1:
            plot("ppc", az.plot_ppc_dist, data)
        else:
            plot("ppc", az.plot_ppc, data)
            plot("prior", az.plot_ppc, data, group="prior")
    summary = az.summary(data, round_to="none" if version_1 else None)
    read = {group: facts(data[group].to_dataset() if version_1 else data[group]) for group in groups}
    for group in groups:
        for engine in ("h5netcdf", "netcdf4") if not version_1 else ():
            other = xr.open_dataset(file, group=group, engine=engine)
            assert facts(other) == read[group], f"{engine} reads another {group}"
    root = xr.open_dataset(file, engine="h5netcdf")
    print(json.dumps({"groups": read, "attributes": {key: str(value) for key, value in data.attrs.items()},
                      "in_root": list(root.variables), "summary_means": summary["mean"].to_dict()}))


if __name__ == "__main__":
    main()
