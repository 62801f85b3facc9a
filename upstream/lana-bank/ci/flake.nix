{
  description = "The scripts that the pipelines of lana-bank call";

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

      # promoter is on PATH in the task image; it has no public address that an input could name.
      run =
        pkgs: name: command:
        pkgs.writeShellApplication {
          inherit name;
          runtimeInputs = [ pkgs.git ];
          text = ''
            if ! command -v promoter >/dev/null; then
              echo "error: ${name}: promoter is not on PATH" >&2
              echo "next:  run it in the task image promoter, or install promoter's wheel" >&2
              exit 127
            fi
            exec ${command} "$@"
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
