{{ housing_at_release('housing_registered_or_explained', accepts_explanation=true) }}
