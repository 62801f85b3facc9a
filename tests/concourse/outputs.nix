# The names of a flake's outputs, or the arguments of a Rust package, nixpkgs stubbed: evaluating needs neither a
# store nor a network.
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
  # As nixpkgs does it, with an error for a path that the flake does not have.
  fileset = {
    unions = builtins.map (path: if builtins.pathExists path then toString path else throw "no ${toString path}");
    toSource = given: builtins.seq given.root given.fileset;
  };
  rust = static: {
    rustPlatform.buildRustPackage = given: said "${given.pname}-${given.version}" // {
      package = {
        inherit static;
        inherit (given) pname version src cargoBuildFlags buildType doCheck env;
        lock = builtins.readFile given.cargoLock.lockFile;
        program = given.meta.mainProgram;
      };
    };
  };
  platform = system: rust false // {
    stdenv.hostPlatform.isLinux = builtins.match ".*-linux" system != null;
    pkgsStatic = rust true;
  };
  genAttrs = names: make: builtins.listToAttrs (map (name: { inherit name; value = make name; }) names);
  nixpkgs = {
    lib = { inherit genAttrs fileset; };
    legacyPackages = genAttrs [ "x86_64-linux" "aarch64-linux" "aarch64-darwin" ] (
      system: package // tools // platform system
    );
  };
  function = (import flake).outputs;
  inputs = { self = said "self"; inherit nixpkgs; };
  outputs = function (builtins.intersectAttrs (builtins.functionArgs function) inputs);
in
builtins.mapAttrs (kind: systems: builtins.mapAttrs (system: builtins.mapAttrs (
  name: output: output.package or output.program or output.name
)) systems) outputs
