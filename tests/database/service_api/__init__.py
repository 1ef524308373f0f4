"""One file per function of service_api: together they say what each function promises."""
