"""The size of a population at five times, measured with noise: reads growth.ini, prints the sizes."""
import configparser
import math
import random

settings = configparser.ConfigParser()
settings.read("growth.ini")
start, rate = (settings.getfloat("population", name) for name in ("start", "rate"))
noise = random.Random(settings.getint("run", "seed"))
for time in (0.0, 0.5, 1.0, 1.5, 2.0):
    print(start * math.exp(rate * time) + noise.gauss(0.0, 0.1))
