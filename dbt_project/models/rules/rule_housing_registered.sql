{{ housing_at_release('housing_registered', accepts_explanation=false) }}
