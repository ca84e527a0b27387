"""Trains a random forest on the Palmer penguins, as a data scientist would, and saves it with joblib."""

import sys

import joblib
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

NUMBERS = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]
TEXTS = ["island", "sex"]

penguins = pd.read_csv("fixtures/data/penguins.csv")
prepare = ColumnTransformer(
    [
        ("numbers", make_pipeline(SimpleImputer(), StandardScaler()), NUMBERS),
        (
            "texts",
            make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore")),
            TEXTS,
        ),
    ]
)
model = make_pipeline(prepare, RandomForestClassifier(n_estimators=100, random_state=7))
model.fit(penguins[NUMBERS + TEXTS], penguins["species"])
joblib.dump(model, sys.argv[1])
print(f"trained on {len(penguins)} penguins: accuracy on them {model.score(penguins, penguins['species']):.3f}")
