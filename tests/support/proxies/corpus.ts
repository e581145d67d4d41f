/** Lines of proxy lists with what they mean: `scheme host port user password [refresh]`, `!` for what cannot be read, ` | ` between readings. */

type Line = readonly [line: string, meant: string];

const PLACES = [
  { text: '1.2.3.4:80', host: '1.2.3.4', port: 80 },
  { text: 'gate-1.example.net:1080', host: 'gate-1.example.net', port: 1080 },
  { text: '[2001:db8::1]:3128', host: '2001:db8::1', port: 3128 },
  { text: 'a_b.example:65535', host: 'a_b.example', port: 65_535 },
] as const;
/** Passwords with what parts fields in one form or another. */
const WORDS = ['word', 'w:rd', 'w@rd', 'w/o#rd', 'a:@/#b', 'w;o,r|d', '%41bc', '12345', 'wörd', '[x]'] as const;

/** Every form with every place and password: a form of which a password is decoded is given it encoded. */
const FORMS: readonly ((place: string, word: string) => readonly [line: string, scheme: string])[] = [
  (place, word) => [`${place}:user:${word}`, 'http'],
  (place, word) => [`user:${word}:${place}`, 'http'],
  (place, word) => [`user:${word}@${place}`, 'http'],
  (place, word) => [`${place}@user:${word}`, 'http'],
  (place, word) => [`socks5://user:${encodeURIComponent(word)}@${place}`, 'socks5'],
  (place, word) => [`socks4://${place}:user:${word}`, 'socks4'],
];

const REGULAR: Line[] = FORMS.flatMap((form) =>
  PLACES.flatMap(({ text, host, port }) =>
    WORDS.map((word): Line => {
      const [line, scheme] = form(text, word);
      return [line, `${scheme} ${host} ${port} user ${word}`];
    }),
  ),
);

const ODD: Line[] = [
  ['', ''],
  ['   \t ', ''],
  ['# a comment', ''],
  ['// a comment', ''],
  ['; a comment', ''],
  ['1.2.3.4:80', 'http 1.2.3.4 80 - -'],
  ['\uFEFF1.2.3.4:80', 'http 1.2.3.4 80 - -'],
  ['  1.2.3.4:80  ', 'http 1.2.3.4 80 - -'],
  ['1.2.3.4:80 # Berlin', 'http 1.2.3.4 80 - -'],
  ['1.2.3.4:80:user', 'http 1.2.3.4 80 user -'],
  ['1.2.3.4:80::', 'http 1.2.3.4 80 - -'],
  ['1.2.3.4 80', 'http 1.2.3.4 80 - -'],
  ['1.2.3.4\t80\tuser\tword', 'http 1.2.3.4 80 user word'],
  ['1.2.3.4, 80, user, word', 'http 1.2.3.4 80 user word'],
  ['1.2.3.4;80;user;word', 'http 1.2.3.4 80 user word'],
  ['1.2.3.4|80|user|word', 'http 1.2.3.4 80 user word'],
  ['1.2.3.4:80 user:word', 'http 1.2.3.4 80 user word'],
  ['HTTP://1.2.3.4:80', 'http 1.2.3.4 80 - -'],
  ['https://h.example:443/', 'https h.example 443 - -'],
  ['socks://h.example:1080', 'socks5 h.example 1080 - -'],
  ['socks5h://h.example:1080', 'socks5 h.example 1080 - -'],
  ['socks4a://h.example:1080', 'socks4 h.example 1080 - -'],
  ['socks5://user@h.example:1080', 'socks5 h.example 1080 user -'],
  ['http://user:w%40rd@h.example:80/', 'http h.example 80 user w@rd'],
  ['http://user:100%@h.example:80', 'http h.example 80 user 100%'],
  ['http://user:w@r@d@h.example:80', 'http h.example 80 user w@r@d'],
  ['localhost:8080:user:word', 'http localhost 8080 user word'],
  ['user:1234:localhost:8080', 'http localhost 8080 user 1234'],
  ['user-country-de-session-1:word@h.example:8080', 'http h.example 8080 user-country-de-session-1 word'],
  ['1.2.3.4:80[https://api.example/change?key=1]', 'http 1.2.3.4 80 - - https://api.example/change?key=1'],
  ['1.2.3.4:80:user:word [http://api.example/r]', 'http 1.2.3.4 80 user word http://api.example/r'],
  ['socks5://user:word@[::1]:1080[https://api.example/]', 'socks5 ::1 1080 user word https://api.example/'],
  ['[::1]:80', 'http ::1 80 - -'],
  ['10.0.0.1:8080:10.0.0.2:9090', 'http 10.0.0.1 8080 10.0.0.2 9090 | http 10.0.0.2 9090 10.0.0.1 8080'],
  ['proxy:8080:user:1234', 'http proxy 8080 user 1234 | http user 1234 proxy 8080'],
  ['1.2.3.4:80@5.6.7.8:90', 'http 5.6.7.8 90 1.2.3.4 80 | http 1.2.3.4 80 5.6.7.8 90'],
  ['one.example:80:two.example:90', 'http one.example 80 two.example 90 | http two.example 90 one.example 80'],
  ['one.example:80:1.2.3.4:90', 'http 1.2.3.4 90 one.example 80'],
  ['nonsense', '!'],
  ['1.2.3.4', '!'],
  ['1.2.3.4:', '!'],
  [':80', '!'],
  ['1.2.3.4:0', '!'],
  ['1.2.3.4:65536', '!'],
  ['1.2.3.4:-1', '!'],
  ['1.2.3.4:80a', '!'],
  ['2001:db8::1:8080', '!'],
  ['::1', '!'],
  ['[2001:db8::zz]:80', '!'],
  ['[::1:80', '!'],
  ['ftp://1.2.3.4:21', '!'],
  ['vmess://eyJhZGQiOiIxIn0=', '!'],
  ['http://', '!'],
  ['http://:80', '!'],
  ['https://h.example/path', '!'],
  ['user:word@', '!'],
  ['@1.2.3.4', '!'],
  ['h ost.example:80', '!'],
  ['-h.example:80', '!'],
  ['h..example:80', '!'],
  [`${'a'.repeat(300)}.example:80`, '!'],
  [`1.2.3.4:80:user:${'w'.repeat(256)}`, '!'],
  ['<b>1.2.3.4</b>:80', '!'],
  ['{"host":}', '!'],
  ['1.2.3.4:80[not a url]', '!'],
];

/** See file comment. */
export const CORPUS: readonly Line[] = [...REGULAR, ...ODD];
