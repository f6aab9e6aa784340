-- Evaluations of loss and gradient since the run's start, for optimizers whose steps may take several.
ALTER TABLE epoch ADD COLUMN evaluations INTEGER;
