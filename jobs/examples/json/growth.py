"""The size of a population at five times, measured with noise: growth.py INPUT OUTPUT, both JSON."""
import json
import math
import random
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    values = {variable["label"]: variable["value"] for variable in json.load(file)["variables"]}
noise = random.Random(values["seed"])
sizes = [values["start"] * math.exp(values["rate"] * time) + noise.gauss(0.0, 0.1) for time in (0, 0.5, 1, 1.5, 2)]
with open(sys.argv[2], "w", encoding="utf-8") as file:
    json.dump({"population": {"sizes": sizes}}, file)
