"""The findings: their report, the figure beside units, the survey, the file, the rules' pages."""
