/**
 * Which of Chromium's switches a profile may not set: those that decide where traffic goes, what is trusted, what confines a page, who
 * may drive the browser and where its data lies. They are told by the words in their names, so that one that a later Chromium
 * brings is covered too.
 */

/** Words by what they decide. A word stands between hyphens. */
const DENIED_WORDS: Readonly<Record<string, RegExp>> = {
  'network route':
    /(?:^|-)(?:proxy|proxying|socks|host-rules|resolver|dns|doh|quic|netifs|host-ip|ip-handling|udp-port|testing-fixed-http-port|testing-fixed-https-port|ip-address-space-overrides|local-network|network-service|net-log)(?:-|$)/,
  'certificate checks':
    /(?:^|-)(?:cert|certificate|certificates|certs|spki|ssl|tls|hsts|ct|insecure|secure-origin|mixed-content|ev)(?:-|$)/,
  sandbox:
    /(?:^|-)(?:sandbox|sandboxed|unsandboxed|zygote|seccomp|web-security|single-process|in-process|isolation|isolate|isolated|isolate-origins|site-per-process|unsafe|unsafely|cmd-prefix|launcher|subprocess|file-access|popup-blocking|xss|coop|coep|corb|cors|user-gesture|type)(?:-|$)/,
  debugging:
    /(?:^|-)(?:debug|debugger|debugging|devtools|inspect|remote|automation|webdriver|js-flags|test-type|logging|vmodule|trace|tracing|ipc-dump|dump-dom|repl|print-to-pdf|screenshot|wait-for-debugger)(?:-|$)/,
  'data folder':
    /(?:^|-)(?:dir|directory|folder|path|file|profile|profiles|load-extension|load-component-extension|extensions-except|extension-id|allowlisted-extension|load-apps|crash-dumps|minidump|disk-cache|log-net-log|password-store|mock-keychain|guest|incognito)(?:-|$)/,
  // A feature or a variation can be any of the above.
  features:
    /(?:^|-)(?:features|fieldtrials|fieldtrial|field-trial|field-trials|blink-features|variations|flag-switches-begin|flag-switches-end)(?:-|$)/,
};

/** What a launch argument decides that a profile may not; undefined when it may be set. */
export function deniedSwitch(arg: string): string | undefined {
  const name = arg.replace(/^-+/, '').split('=', 1)[0]?.toLowerCase() ?? '';
  return Object.keys(DENIED_WORDS).find((what) => DENIED_WORDS[what]?.test(name));
}
