// Imported first by every entry: an old Node must end in a sentence, not in a syntax error further down.
const major = Number(process.versions.node.split('.')[0]);
if (major < 20) {
  process.stderr.write(
    `TabAgent's launcher needs Node 20 or newer; this is Node ${process.versions.node}.\n` +
      'Install a current Node (https://nodejs.org) and run the command again.\n',
  );
  process.exit(1);
}
