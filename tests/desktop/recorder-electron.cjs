// `electron -r`: installs the recorder in a real Electron.
require('./recorder.cjs').install(require('electron'));
