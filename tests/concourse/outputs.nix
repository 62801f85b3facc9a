# The names of a flake's outputs, nixpkgs stubbed: evaluating needs neither a store nor a network.
flake:
let
  said = name: { inherit name; outPath = "/stub/${name}"; };
  package = {
    writeShellApplication = given: builtins.seq given.text (said given.name);
    runCommand = name: variables: text: builtins.seq text (said name);
    buildEnv = given: builtins.seq given.paths (said given.name);
    mkShell = given: builtins.seq (builtins.length given.packages) (said "shell");
  };
  tools = builtins.listToAttrs (map (name: { inherit name; value = said name; }) [
    "bats" "cargo" "cargo-nextest" "curl" "cypress" "git" "git-cliff" "jq" "nodejs" "openssl"
    "opentofu" "pnpm" "postgresql" "python3" "rustc" "uv"
  ]);
  genAttrs = names: make: builtins.listToAttrs (map (name: { inherit name; value = make name; }) names);
  nixpkgs = {
    lib = { inherit genAttrs; };
    legacyPackages = genAttrs [ "x86_64-linux" "aarch64-linux" "aarch64-darwin" ] (system: package // tools);
  };
  function = (import flake).outputs;
  inputs = { self = said "self"; inherit nixpkgs; };
  outputs = function (builtins.intersectAttrs (builtins.functionArgs function) inputs);
in
builtins.mapAttrs (kind: systems: builtins.mapAttrs (system: builtins.mapAttrs (
  name: output: output.program or output.name
)) systems) outputs
