# `nix develop -c make demo`: every program that nixpkgs has comes from its cache, so that only
# our registry server and the helm provider are compiled.
{
  description = "Release and deployment of Lana Bank";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs =
    { nixpkgs, ... }:
    let
      forEach =
        make:
        nixpkgs.lib.genAttrs [ "x86_64-linux" "aarch64-linux" ] (
          system: make nixpkgs.legacyPackages.${system}
        );
    in
    {
      devShells = forEach (pkgs: {
        default = pkgs.mkShell {
          packages = [
            pkgs.cosign
            pkgs.etcd
            pkgs.git
            pkgs.go
            pkgs.go-containerregistry
            pkgs.kubectl
            pkgs.kubernetes
            pkgs.kubernetes-helm
            pkgs.kwok
            pkgs.nodejs
            pkgs.openssh
            pkgs.opentofu
            pkgs.python3
            pkgs.uv
          ];
        };
      });
    };
}
