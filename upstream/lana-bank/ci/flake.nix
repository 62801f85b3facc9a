{
  description = "The scripts that the pipelines of lana-bank call";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";
  inputs.promoter = {
    url = "git+ssh://git@github.com/GaloyMoney/galoy-deployments.git";
    flake = false;
  };

  outputs =
    { nixpkgs, promoter, ... }:
    let
      systems = [
        "x86_64-linux"
        "aarch64-linux"
        "aarch64-darwin"
      ];
      forEach = make: nixpkgs.lib.genAttrs systems (system: make nixpkgs.legacyPackages.${system});

      # promoter with exactly the locked requirements of its repository.
      run =
        pkgs: name: command:
        pkgs.writeShellApplication {
          inherit name;
          runtimeInputs = [ pkgs.git pkgs.uv pkgs.python311 ];
          text = ''
            exec uv run --quiet --no-project --python 3.11 \
              --with-requirements ${promoter}/requirements.lock --with ${promoter} ${command} "$@"
          '';
        };

      scripts = pkgs: {
        next-version = run pkgs "next-version" "promoter version next";
        wait-cachix-paths = run pkgs "wait-cachix-paths" "promoter pipeline wait-cachix-paths";
        # update-changelog VERSION: prepends its entry, made from the commit messages, to CHANGELOG.md.
        update-changelog = pkgs.writeShellApplication {
          name = "update-changelog";
          runtimeInputs = [ pkgs.git pkgs.git-cliff ];
          text = ''
            git cliff --config cliff.toml --unreleased --tag "''${1:?which version}" --prepend CHANGELOG.md
          '';
        };
      };
    in
    {
      packages = forEach scripts;
      apps = forEach (
        pkgs:
        builtins.mapAttrs (name: package: {
          type = "app";
          program = "${package}/bin/${name}";
        }) (scripts pkgs)
      );
    };
}
