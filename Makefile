# Everything that a person needs to remember: demo, run, test, check. `make help` tells the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PIP = $(PYTHON) -m pip --python $(BIN)/python install --quiet --disable-pip-version-check --no-deps --no-compile
CLIENTS := tests/reference_client tests/generated_clients tests/axe tests/webhook_receiver
ARGS ?=
# Compiled code is kept, whatever the environment says: tests start hundreds of processes.
export PYTHONDONTWRITEBYTECODE :=
# Of `make start`: mongo, or embedded.
STORE ?= mongo
COMPOSE ?= docker compose
COMPOSED = $(COMPOSE) --file $(if $(filter embedded,$(STORE)),compose.embedded.yaml,compose.yaml)
# Tests wait more than they compute: two at once for each core.
WORKERS ?= $(shell echo $$(( 2 * $$(getconf _NPROCESSORS_ONLN) )))
# Tests make and flush thousands of stores: in memory, where at least 4 GB of it are free.
IN_MEMORY = $(shell awk '/MemAvailable/ {exit $$2 < 4000000}' /proc/meminfo 2>/dev/null && [ -w /dev/shm ] && \
	[ "$$(df -Pk /dev/shm | awk 'END {print $$4}')" -gt 4000000 ] && echo TMPDIR=/dev/shm)
LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-annotate $(ARGS)

.DEFAULT_GOAL := help
.PHONY: help setup demo run start stop logs purge composed test test-slow mutants fuzz chaos hostile check bench profile docs format collected staff-page client-types pictures lock client browser clean

help:
	@echo "make demo       everything on this machine, with a Discord for trying (PLAY=1 plays the main job)"
	@echo "make run        Guildesk with the settings of .env"
	@echo "make start      Guildesk in containers, with MongoDB and HTTPS, after guildesk setup (STORE=embedded: without MongoDB)"
	@echo "make stop       end them; make logs shows what they say; make purge deletes them with all that they keep"
	@echo "make test       all tests but the slow ones, of which it says how many there are"
	@echo "make test-slow  the slow tests: campaigns, crowds, floods"
	@echo "make mutants    changes of the code that no test notices (ARGS=\"tickets/policy.py --minutes 10\")"
	@echo "make fuzz       the API against its own document, with many more requests (EXAMPLES=300)"
	@echo "make chaos      kills, cuts and floods by a seed, and books that must balance (ARGS=\"--seed N --kills N\")"
	@echo "make hostile    all kinds of hostile clients at once beside ordinary people (ARGS=\"--minutes N\")"
	@echo "make check      formatting, lint, types, dependency rule, Dockerfile"
	@echo "make bench      the numbers (ARGS=\"--json FILE --only NAMES --small\")"
	@echo "make profile    each step of a message's way, to Discord and back, with its share (ARGS=\"--count N\")"
	@echo "make docs       the documents as a site that can be read offline, in site/; dead links end it"
	@echo "make format     put the code into form"
	@echo "make pictures   the pictures of the documents, from the running demo, in a browser"
	@echo "make lock       resolve the dependencies of pyproject.toml anew"
	@echo "make clean      remove what make has set up"

setup: $(READY)

# The lock names everything, so nothing is to be resolved; code is compiled when it is first used. uv, which the lock
# names too, takes a fifth of the time of pip, but knows nothing of how pip was set up here (an index, a proxy).
$(READY): requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Guildesk needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 …"; exit 1; }
	@echo "setting up $(VENV): the first time this takes up to a minute …"
	@$(PYTHON) -m venv --without-pip $(VENV)
	@sed -n '/^uv==/,/[^\\]$$/p' requirements/dev.txt > $(VENV)/uv.txt
	@$(PIP) --require-hashes -r $(VENV)/uv.txt
	@$(BIN)/uv pip install --python $(BIN)/python --quiet --system-certs --no-deps --require-hashes -r requirements/dev.txt || { \
		echo "once more with pip, which takes a minute or two …"; \
		$(PIP) --require-hashes -r requirements/dev.txt; \
	}
	@$(PIP) --no-build-isolation --editable .
	@touch $@

demo: $(READY)
	@$(BIN)/guildesk demo $(if $(PLAY),--play) $(ARGS)

# Needs a Chromium; it says so where there is none.
pictures: $(READY)
	@$(BIN)/python -m demo.pictures $(ARGS)

run: $(READY)
	@$(BIN)/guildesk run $(ARGS)

start: composed
	@[ -f .env ] || { echo ".env is missing: guildesk setup writes it (make setup, then .venv/bin/guildesk setup)"; exit 1; }
	$(COMPOSED) build
	@for name in DESK_FILE ISSUERS_FILE; do \
		file="$$(sed -n "s/^$$name=//p" .env | tail -n 1)"; \
		case "$$file" in \
			'') continue ;; \
			/*) echo "$$name in .env must name a file in this folder, as desk.toml: containers see no other"; exit 1 ;; \
		esac; \
		$(COMPOSED) run --rm --no-deps -T --entrypoint sh guildesk \
			-c 'mkdir -p "$$(dirname "$$0")" && cat > "$$0.new" && mv "$$0.new" "$$0"' "$$file" < "$$file" || exit 1; \
	done
	$(COMPOSED) up --detach --wait

stop: composed
	$(COMPOSED) down

logs: composed
	$(COMPOSED) logs --follow --tail 200

purge: composed
	@if [ "$(YES)" != guildesk ]; then \
		[ -t 0 ] || { echo "Nobody can be asked; if you mean it, say make purge YES=guildesk"; exit 1; }; \
		printf "This deletes the containers of Guildesk with all tickets, people and files in them, for good. Type guildesk to do it: "; \
		read said; [ "$$said" = guildesk ] || { echo "Nothing was deleted."; exit 1; }; \
	fi
	$(COMPOSED) down --volumes --rmi local

composed:
	@$(COMPOSE) version >/dev/null 2>&1 || { \
		echo "$(COMPOSE) does not work: install Docker with its Compose plugin (Debian: apt install docker.io docker-compose),"; \
		echo "or name another one, as make start COMPOSE='podman compose'. Without containers, make run runs Guildesk by itself."; \
		exit 1; \
	}

test: $(READY) client browser
	$(IN_MEMORY) $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "not slow" $(ARGS)

# Once it has run, Python need not compile the tests and what they import, which each process of `make test` would do.
collected: $(READY) client
	@$(BIN)/python -m pytest --collect-only -qq > /dev/null || true  # make test says what is wrong

test-slow: $(READY) client browser
	$(IN_MEMORY) $(BIN)/python -m pytest -n auto --dist worksteal -m slow $(ARGS)

mutants: $(READY)
	@$(BIN)/python -m tests.mutants $(ARGS)

# Without the clients their tests are left out, and say so; in CI that is a failure.
client:
	@for it in $(CLIENTS); do \
		[ $$it/node_modules/.package-lock.json -nt $$it/package-lock.json ] || { \
			command -v npm >/dev/null && npm ci --no-progress --loglevel=error --prefix $$it; \
		} || { \
			echo "$$it could not be installed: the tests of JavaScript and TypeScript are left out."; \
			echo "Install Node.js 18 or newer with npm (Debian: apt install nodejs npm), then run make test again."; \
			[ -z "$$CI" ] || exit 1; \
			break; \
		}; \
	done

browser:
	@tests/browser.sh
	@tests/mail.sh
	@tests/promtool.sh

fuzz: $(READY)
	FUZZ=$(or $(EXAMPLES),300) $(BIN)/python -m pytest -n auto tests/fuzz $(ARGS)

chaos: $(READY)
	@$(BIN)/python -m chaos $(ARGS)

hostile: $(READY)
	@$(BIN)/python -m chaos.hostile $(ARGS)

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/hadolint Dockerfile

bench: $(READY)
	@$(BIN)/python -m benchmarks $(ARGS)

profile: $(READY)
	@$(BIN)/python -m benchmarks.profile $(ARGS)

docs: $(READY)
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build $(ARGS)
	@echo "Open site/index.html in a browser; it needs no server."

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

staff-page: $(READY)
	WRITE=1 $(BIN)/python -m pytest -q tests/docs/test_staff.py

# After a change of the API or of the client library; needs npm.
client-types: $(READY) client
	WRITE=1 $(BIN)/python -m pytest -q tests/clients/test_types.py

lock:
	$(LOCK) pyproject.toml -o requirements/run.txt
	echo hatchling | $(LOCK) - -o requirements/build.txt
	$(LOCK) pyproject.toml --extra sandbox --group dev -c requirements/run.txt -c requirements/build.txt -o requirements/dev.txt

clean:
	rm -rf $(VENV) $(CLIENTS:=/node_modules) site
