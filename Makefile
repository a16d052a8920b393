# Targets install what they need first: Debian packages and pinned Python environments in .venv and .venv-fronts.

.DEFAULT_GOAL := help
.PHONY: help setup build libraries wheel fronts demo test test-fronts bench attack format lint

help: ## lists what make can do
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## installs what building and testing need, and only what is missing
	@Scripts/setup.sh

build: setup ## builds the tool, .build/release/tessera
	swift build -c release

libraries: build ## builds the libraries for C, in .build/libraries
	@Scripts/libraries.sh

wheel: libraries ## builds the Python package, in .build/wheel
	@Scripts/wheel.sh

fronts: wheel ## sets up .venv-fronts, where the model server and batches on many machines run
	@Scripts/fronts.sh

demo: build ## builds, compiles two networks, classifies digits and times VGG-16
	@Scripts/demo.sh

test: setup ## builds everything and passes all tests
	@Scripts/test.sh

test-fronts: fronts ## tests the model server and batches on many machines
	@Scripts/test-fronts.sh

bench: build ## times Tessera and its peers on VGG networks, in at most about 50 minutes
	@.venv/bin/python Benchmarks/compare.py

attack: setup ## attacks all that reads untrusted files, for MINUTES=10, under sanitizers (Docs/security.md)
	@.venv/bin/python Scripts/attack.py --minutes $(or $(MINUTES),10)

format: ## formats all Swift files
	swift format --in-place --recursive --parallel Sources Tests Examples Benchmarks Package.swift

lint: ## tells which Swift files are not formatted
	swift format lint --strict --recursive --parallel Sources Tests Examples Benchmarks Package.swift
