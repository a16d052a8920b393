# Targets install what they need first: Debian packages and pinned Python environments in .venv and .venv-fronts.

.DEFAULT_GOAL := help
.PHONY: help setup build libraries install uninstall deb wheel fronts demo fashion test test-fronts bench attack format lint

help: ## lists what make can do
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## installs what building and testing need, and only what is missing
	@Scripts/setup.sh

build: setup ## builds the tool, .build/release/tessera
	swift build -c release

libraries: build ## links the tool and the libraries for C so that they need no Swift, in .build/libraries
	@Scripts/libraries.sh

export PREFIX DESTDIR LIBDIR ZSHDIR

install: libraries ## installs tool, libraries, manual and completions under PREFIX=/usr/local (Docs/installing.md)
	@Scripts/install.sh install

uninstall: ## takes away what `make install` with the same PREFIX has installed
	@Scripts/install.sh uninstall

deb: libraries ## makes Debian packages, in .build/deb
	@Scripts/deb.sh

wheel: libraries ## builds the Python package, in .build/wheel
	@Scripts/wheel.sh

fronts: wheel ## sets up .venv-fronts, where the model server and batches on many machines run
	@Scripts/fronts.sh

demo: build ## builds, compiles two networks, classifies digits and times VGG-16
	@Scripts/demo.sh

fashion: build ## trains a small VGG on Fashion-MNIST and tests it, in about six minutes on two cores (Docs/fashion.md)
	@Scripts/fashion.sh

test: setup ## builds everything and passes all tests
	@Scripts/test.sh

test-fronts: fronts deb ## tests the model server, batches on many machines and Debian packages
	@Scripts/test-fronts.sh

bench: build ## times Tessera and its peers on VGG networks, in at most about 50 minutes
	@.venv/bin/python Benchmarks/compare.py

attack: setup ## attacks all that reads untrusted files, for MINUTES=10, under sanitizers (Docs/security.md)
	@.venv/bin/python Scripts/attack.py --minutes $(or $(MINUTES),10)

format: ## formats all Swift files
	swift format --in-place --recursive --parallel Sources Tests Examples Benchmarks Package.swift

lint: ## tells which Swift files are not formatted
	swift format lint --strict --recursive --parallel Sources Tests Examples Benchmarks Package.swift
