{
  description = "What the pipelines and workflows of lana-bank build and run";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs =
    { nixpkgs, ... }:
    let
      systems = [
        "x86_64-linux"
        "aarch64-linux"
        "aarch64-darwin"
      ];
      forEach = make: nixpkgs.lib.genAttrs systems (system: make nixpkgs.legacyPackages.${system});

      # Impure builds (`nix build --impure`) read their version; pure builds are never released.
      orElse = fallback: value: if value == "" then fallback else value;
      version = orElse "0.0.0-dev" (builtins.getEnv "VERSION");
      commit = orElse "unknown" (builtins.getEnv "COMMITHASH");

      # The program of ci/tasks/build-server: static on Linux, where its image has no libraries.
      server =
        pkgs: profile:
        (if pkgs.stdenv.hostPlatform.isLinux then pkgs.pkgsStatic else pkgs).rustPlatform.buildRustPackage {
          pname = "lana-cli";
          inherit version;
          src = nixpkgs.lib.fileset.toSource {
            root = ./.;
            fileset = nixpkgs.lib.fileset.unions [ ./Cargo.toml ./Cargo.lock ./dev/lana.default.yml ./lana ./lib ];
          };
          cargoLock.lockFile = ./Cargo.lock;
          cargoBuildFlags = [ "--package" "lana-cli" ];
          buildType = profile;
          # The tests are `nextest`.
          doCheck = false;
          env = {
            RELEASE_BUILD_VERSION = version;
            COMMITHASH = commit;
          };
          meta.mainProgram = "lana-cli";
        };

      script =
        pkgs: name: runtimeInputs: text:
        pkgs.writeShellApplication { inherit name runtimeInputs text; };

      scripts = pkgs: {
        nextest = script pkgs "nextest" [ pkgs.cargo pkgs.cargo-nextest ] "cargo nextest run --workspace --locked";
        bats = script pkgs "bats" [
          pkgs.bats pkgs.cargo pkgs.curl pkgs.jq pkgs.openssl pkgs.postgresql pkgs.python3 pkgs.rustc
        ] "bats --recursive bats";
        simulation = script pkgs "simulation" [ pkgs.cargo ] "cargo run --locked --package simulation";
        # The panels as they are in their images; Cypress's program is not a package of npm.
        cypress = script pkgs "cypress" [ pkgs.cypress pkgs.pnpm pkgs.nodejs ] ''
          CYPRESS_RUN_BINARY=$(command -v Cypress || true)
          export CYPRESS_RUN_BINARY
          pnpm install --frozen-lockfile --filter "!lana-bank-docs"
          pnpm --filter "./apps/*" run build
          pnpm --filter "./apps/*" run test:cypress
        '';
        check-code-apps = script pkgs "check-code-apps" [ pkgs.pnpm pkgs.nodejs ] ''
          pnpm install --frozen-lockfile --filter "!lana-bank-docs"
          pnpm --filter "./apps/*" run lint
          pnpm --filter "./apps/*" run tsc-check
          pnpm --filter "./apps/*" run build
        '';
        data-pipeline = script pkgs "data-pipeline" [ pkgs.uv ] "uv run --no-project --directory dagster --with-requirements requirements-test.txt -- python -m pytest tests";
        docs = script pkgs "docs" [ pkgs.pnpm pkgs.nodejs ] ''
          pnpm install --frozen-lockfile --filter lana-bank-docs
          pnpm --filter lana-bank-docs run build
        '';
      };
    in
    {
      packages = forEach (
        pkgs:
        (scripts pkgs)
        // {
          # Dependencies of everything else: a phase of its own in the cache pipeline.
          lana-deps = pkgs.buildEnv {
            name = "lana-deps";
            paths = [ pkgs.cargo pkgs.cargo-nextest pkgs.python3 ];
          };
          lana-cli-debug = server pkgs "debug";
          lana-cli-release = server pkgs "release";
          default = server pkgs "release";
        }
      );

      apps = forEach (
        pkgs:
        builtins.mapAttrs (name: package: {
          type = "app";
          program = "${package}/bin/${name}";
        }) (scripts pkgs)
      );

      checks = forEach (pkgs: { release = server pkgs "release"; });

      devShells = forEach (pkgs: {
        default = pkgs.mkShell {
          packages = [ pkgs.cargo pkgs.cargo-nextest pkgs.bats pkgs.pnpm pkgs.nodejs pkgs.opentofu pkgs.python3 ];
        };
      });
    };
}
