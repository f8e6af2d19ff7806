import { expect } from 'chai'
import { anything, assert, integer, property } from 'fast-check'
import { excerptOf } from 'plinth'
import { isSecretName } from '../../src/logging/secret-names.js'
import { scrub, scrubbedHead } from '../../src/logging/secrets.js'

const canary = 'c4n4ryS3cret'

describe('Names of secrets', () => {
  const secret = [
    'password',
    'Password',
    'new_password',
    'passwordHash',
    'passwd',
    'DB_PWD',
    'Authorization',
    'proxy-authorization',
    'cookie',
    'Set-Cookie',
    'X-Api-Key',
    'apiKey',
    'accessToken',
    'refresh_token',
    'csrf-token',
    'clientSecret',
    'PRIVATE-KEY',
    'sessionId',
    'pin',
    'otp',
    'creditCard',
    'AWS_ACCESS_KEY_ID',
    'bearer',
    'cardNumber',
    'credentials',
    'cvv2',
    'jwt',
    'passphrase',
    'auth',
    'CVC',
    'pass',
    'session',
    'sid',
    'SSN',
    `${'long'.repeat(40)}Password`,
  ]
  for (const name of secret) it(`are ${name}`, () => expect(isSecretName(name)).to.equal(true))

  for (const name of [
    'name',
    'shipping',
    'author',
    'passenger',
    'compass',
    'opinion',
    'side',
    'passport',
    'authority',
    'sessions',
    'ssn1',
    'requestId',
    'key',
    '',
  ]) {
    it(`are not ${name}`, () => expect(isSecretName(name)).to.equal(false))
  }
})

describe('Secrets in texts', () => {
  const leaking = [
    `Authorization: Bearer ${canary}`,
    `Basic ${Buffer.from(`ada:${canary}`).toString('base64')}`,
    `postgres://ada:${canary}@db.example/app`,
    `connect to redis://:${canary}@cache:6379 failed`,
    `https://${canary}@git.example/repo`,
    `GET /reset?token=${canary}&page=2`,
    `/x?page=2&api_key=${canary}#top`,
    `password=${canary}`,
    `{"password":"${canary}","name":"ada"}`,
    `secret: ${canary}`,
    `user[password]=${canary}`,
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c4n4ryS3cret',
    'session-eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c4n4ryS3cret',
    `https://a.example/reset?token=${canary}&page=2`,
    `Error: password=${canary}`,
    `next=%2Freset%3Ftoken%3D${canary}%26page%3D2`,
    `https://a.example/?user%5Bpassword%5D=${canary}`,
    `{"password":"correct horse ${canary}"}`,
    `{"password":"a\\"b,c&d;${canary}"}`,
    `{"password":"a\\\\","token":"${canary}"}`,
    JSON.stringify(JSON.stringify({ password: `a "b" ${canary}`, name: 'ada' })),
    JSON.stringify(JSON.stringify({ password: 'ends in \\', token: canary })),
    `{"tokens":["a]b","${canary}"]}`,
    `{ password: 'my ${canary}', name: 'ada' }`,
    `Map(1) { 'password' => '${canary}' }`,
    `Key (email, token)=(ada@example.com, ${canary}) already exists.`,
    `password=${'x'.repeat(2000)}${canary}`,
    `Cookie: theme=dark; visit=${canary}`,
    `Authorization: Token ${canary}`,
    `Authorization: Digest username="ada", response="${canary}"`,
  ]
  for (const text of leaking) {
    it(`are left out of ${text.replaceAll(canary, '…')}`, () => {
      const scrubbed = scrub(text)
      expect(scrubbed).to.not.contain(canary)
      expect(scrubbed).to.not.contain(Buffer.from(`ada:${canary}`).toString('base64'))
      expect(scrubbed).to.contain('[redacted]')
    })
  }

  /** Where each begins, and where it ends. */
  const exactly: Readonly<Record<string, string>> = {
    'password=a;b': 'password=[redacted];b',
    'password=a,b': 'password=[redacted],b',
    'password=a&b': 'password=[redacted]&b',
    'password=a b': 'password=[redacted] b',
    "password=a'b": "password=[redacted]'b",
    "password='a b' c": "password='[redacted]' c",
    'password=`a b` c': 'password=`[redacted]` c',
    'password="a b': 'password="[redacted]',
    'password="a b"': 'password="[redacted]"',
    'password: "a\nb" c': 'password: "[redacted]" c',
    'password   =   abc': 'password   =   [redacted]',
    'token%3dabc': 'token%3d[redacted]',
    'token%3Aabc': 'token%3A[redacted]',
    'apiKey => "v", b': 'apiKey => "[redacted]", b',
    "{\\'token\\': \\'a\\'}": "{\\'token\\': \\'[redacted]\\'}",
    '\\"password\\":\\"a\\\\\\"b\\" c': '\\"password\\":\\"[redacted]\\" c',
    '"password":null,"pin":12}': '"password":[redacted],"pin":[redacted]',
    '{"password":"a\\\\","b":1}': '{"password":"[redacted]","b":1}',
    '{"password":"","b":1}': '{"password":"[redacted]","b":1}',
    'password: [1, (2), {3}] after': 'password: [redacted] after',
    'token=(a "b)" c) d': 'token=[redacted] d',
    "token={'a}':1} d": 'token=[redacted] d',
    'tokens=[[a] [b]': 'tokens=[redacted]',
    'a=b token=c d=e': 'a=b token=[redacted] d=e',
    'cookie=a b': 'cookie=[redacted] b',
    'cookie: a=b; c="d e"; f\nnext': 'cookie: [redacted]\nnext',
    'Set-Cookie: sid=1; Path=/\r\nHost: a': 'Set-Cookie: [redacted]\r\nHost: a',
    'x-cookie: a b': 'x-cookie: [redacted] b',
    'cookie-x: a b': 'cookie-x: [redacted] b',
    "curl -H 'Cookie: a=b; c=d' x": "curl -H 'Cookie: [redacted]' x",
    '{"cookie":"a=b; c=d","host":"x"}': '{"cookie":"[redacted]","host":"x"}',
    'proxy-authorization: Digest username="x y", a=b z': 'proxy-authorization: [redacted]',
    'Digest username="x y", response="z"\nb': 'Digest [redacted]\nb',
    'Digest  username="x"': 'Digest [redacted]',
    'a digest of something': 'a digest of something',
    'Bearer abcde': 'Bearer abcde',
    'bearer  abcdef g': 'bearer [redacted] g',
    'Basic YWRhOg== g': 'Basic [redacted] g',
    'Negotiate abc/+.~_-= x': 'Negotiate [redacted] x',
    'abasic abcdefgh': 'abasic abcdefgh',
    'http://user@host/': 'http://[redacted]@host/',
    'git+ssh://user@host': 'git+ssh://[redacted]@host',
    'HTTP://a:b@host http://c@d': 'HTTP://[redacted]@host http://[redacted]@d',
    'http://a/b@c': 'http://a/b@c',
    'http://a b@c': 'http://a b@c',
    'eyJabcdefgh.abcdefgh': '[redacted]',
    'eyJabcdefgh.abcdefgh.sig-_9 rest': '[redacted] rest',
    'eyJabcdefgh.abcdefgh.key.text.tag/rest': '[redacted]/rest',
    'eyJabcdefgh.abcdefg.and.some.more': 'eyJabcdefgh.abcdefg.and.some.more',
    'eyJabcdefg.abcdefgh.and.some.more': 'eyJabcdefg.abcdefgh.and.some.more',
    'a-long-prefix.eyJabcdefgh=1': 'a-long-prefix.eyJabcdefgh=1',
    'x.eyJabcdefgh.abcdefgh': 'x.[redacted]',
    'a-long-prefix.eyJabcdefgh.abcdefgh.sig': 'a-long-prefix.[redacted]',
    'eyJabcdefgh.no.eyJabcdefgh.abcdefgh': 'eyJabcdefgh.no.[redacted]',
    'refresh_eyJabcdefgh.abcdefgh.sig': 'refresh_[redacted]',
    'aeyJabcdefgh.abcdefgh.sig': 'aeyJabcdefgh.abcdefgh.sig',
  }
  it('begin behind what names them, and end where that ends', () => {
    for (const [text, shown] of Object.entries(exactly)) expect(scrub(text), text).to.equal(shown)
  })

  it('are left out of what is too long to be shown', () => {
    const head = 'x'.repeat(32_760)
    expect(scrub(`${head} password=${canary}`)).to.equal(`${head} passwor… (32782 characters)`)
    expect(scrub('y'.repeat(32_768))).to.equal('y'.repeat(32_768))
    expect(scrub(`${'y'.repeat(32_767)}👍`)).to.equal(`${'y'.repeat(32_767)}… (32769 characters)`)
    expect(scrubbedHead('a\tbcdefgh', 4)).to.equal('a\tbc')
    expect(scrubbedHead('👍👍👍', 3)).to.equal('👍')
    expect(scrubbedHead('x'.repeat(9000), 40)).to.equal('x'.repeat(40))
    expect(scrubbedHead(`password=${'s'.repeat(5000)}`, 40)).to.equal('')
    expect(scrubbedHead(`one\ntwo password=${'s'.repeat(5000)}`, 40)).to.equal('one\ntwo')
    expect(scrubbedHead(`one\tpassword=${'s'.repeat(5000)}`, 40)).to.equal('one')
    expect(scrubbedHead(`one\npassword=${'s'.repeat(5000)}`, 40)).to.equal('one')
  })

  it('take nothing else with them', () => {
    expect(scrub(`GET /reset?token=${canary}&page=2`)).to.equal('GET /reset?token=[redacted]&page=2')
    expect(scrub(`postgres://ada:${canary}@db.example/app`)).to.equal('postgres://[redacted]@db.example/app')
    expect(scrub(`{"password":"a b","name":"ada"}`)).to.equal('{"password":"[redacted]","name":"ada"}')
    expect(scrub(`{\\"tokens\\":[\\"a\\",\\"b\\"],\\"name\\":\\"ada\\"}`)).to.equal(
      '{\\"tokens\\":[redacted],\\"name\\":\\"ada\\"}',
    )
    expect(scrub(`curl -H "Authorization: Token ${canary}" https://a.example/b`)).to.equal(
      'curl -H "Authorization: [redacted]" https://a.example/b',
    )
    for (const text of [
      '',
      'a plain text',
      'password=',
      '[2026-01-01] (info): began',
      'release-notes-of-march.markdown.txt',
      'a: b, c=d',
      'https://example.com/a?b=c',
      'ada@example.com',
      '2026-01-01T10:00:00Z',
    ]) {
      expect(scrub(text)).to.equal(text)
    }
  })

  it('are looked for in a time that grows with the length of the text', () => {
    const hostile = ['a', 'a.', '://', 'a://', 'a=', 'Bearer ', 'eyJ', 'a:', '"', '=', ' ']
    const slow = ['eyJ-', 'eyJaaaaaaaa-', '-eyJ', 'pin=(', 'pin="', 'pin=\\\\', "pin=['", 'cookie:="', '%3d', 'pin=>']
    for (const part of hostile) {
      const text = part.repeat(1_000_000 / part.length)
      const begun = process.cpuUsage().user
      expect(scrub(text).length).to.be.lessThan(100_000)
      // Anything that grows faster would take minutes.
      expect(process.cpuUsage().user - begun).to.be.lessThan(5_000_000)
    }
    for (const part of slow) {
      const text = part.repeat(32_000 / part.length)
      const begun = process.cpuUsage().user
      scrub(text)
      expect(process.cpuUsage().user - begun, part).to.be.lessThan(300_000)
    }
  })
})

describe('excerptOf', () => {
  it('leaves secrets out, however deep they lie', () => {
    const shown = excerptOf({
      name: 'ada',
      password: canary,
      list: [{ apiKey: canary, note: `token=${canary}` }],
      deep: { deeper: { Authorization: canary } },
      map: new Map([['secret', canary]]),
      number: { pin: 1234 },
    })
    expect(JSON.stringify(shown)).to.not.contain(canary).and.not.contain('1234')
    expect(shown).to.deep.include({ name: 'ada', password: '[redacted]' })
  })

  it('leaves out secrets that its cut goes through', () => {
    const parts = ['postgres://app:', 'Bearer ', 'password=', 'eyJhbGciOiJIUzI1NiJ9.']
    for (const part of parts) {
      for (let before = 200; before <= 256; before += 1) {
        const text = `${'x'.repeat(before - part.length)} ${part}${canary.repeat(3)}@db.example/app ${'y'.repeat(9000)}`
        expect(JSON.stringify(excerptOf(text)), part).to.not.contain('c4n')
      }
    }
    const many = Array.from({ length: 12 }, () => `password=${'s'.repeat(900)}`).join(' ')
    expect(excerptOf(`${many} postgres://app:${'s'.repeat(500)}@db`)).to.not.match(/sss/)
    const long = `${'z'.repeat(32_750)} Bearer ${canary.repeat(20)} ${'y'.repeat(9000)}`
    expect(scrub(long)).to.not.contain('c4n')
  })

  it('says what has no JSON', () => {
    const circle: Record<string, unknown> = {}
    circle['self'] = circle
    const shown = excerptOf({
      circle,
      date: new Date(0),
      never: new Date(Number.NaN),
      bytes: Buffer.alloc(3),
      big: 12n,
      nan: Number.NaN,
      nothing: undefined,
      call: () => 1,
      error: new TypeError('odd'),
      get broken(): string {
        throw new Error('no')
      },
    })
    expect(shown).to.deep.equal({
      circle: { self: '[circular]' },
      date: '1970-01-01T00:00:00.000Z',
      never: '[unreadable]',
      bytes: '[3 bytes]',
      big: '12',
      nan: 'NaN',
      nothing: 'undefined',
      call: '[function]',
      error: 'TypeError: odd',
      broken: '[unreadable]',
    })
  })

  it('looks no deeper, and at no more, than it may', () => {
    expect(excerptOf({ a: { b: { c: { d: { e: 1 } } } } })).to.deep.equal({ a: { b: { c: { d: '[object]' } } } })
    expect(excerptOf([[[[[1, 2]]]]])).to.deep.equal([[[['[list of 2]']]]])
    expect(excerptOf('x'.repeat(300), { text: 10 })).to.equal('xxxxxxxxxx… (300 characters)')
    expect(excerptOf('x'.repeat(10), { text: 10 })).to.equal('x'.repeat(10))
    expect(excerptOf('x'.repeat(11), { text: 10 })).to.equal('xxxxxxxxxx… (11 characters)')
    expect(excerptOf([1, 2, 3, 4], { members: 2 })).to.deep.equal([1, 2, '[cut]'])
    expect(excerptOf([1, 2], { members: 2 })).to.deep.equal([1, 2])
    expect(excerptOf({ a: 1, b: 2, c: 3 }, { members: 2 })).to.deep.equal({ a: 1, b: 2, '…': '[cut]' })
    expect(excerptOf({ a: 1, b: 2 }, { members: 2 })).to.deep.equal({ a: 1, b: 2 })
  })

  it('shows what JSON has as it is, and members of maps and sets', () => {
    const plain = { yes: true, no: false, none: null, text: 'a', number: 1.5, list: [true, null, ''] }
    expect(excerptOf(plain)).to.deep.equal(plain)
    const map = new Map<unknown, unknown>([
      ['a', 1],
      [{}, 2],
      [null, 3],
      [4, new Set([1, new Set([2])])],
    ])
    expect(excerptOf(map)).to.deep.equal({ a: 1, '[object]': 2, null: 3, 4: [1, [2]] })
  })

  it('says where there was no more room, and nothing behind it', () => {
    const three = { first: 'aaaa', second: 'bbbb', third: [1, 2, 3] }
    const bounded: readonly (readonly [value: unknown, bytes: number, shown: unknown])[] = [
      ['x'.repeat(17), 40, 'x'.repeat(17)],
      ['x'.repeat(18), 40, '[cut]'],
      [[[1]], 59, ['[cut]']],
      [[[1]], 60, [['[cut]']]],
      [[[1]], 62, [[1]]],
      [{ ab: 1 }, 44, { '…': '[cut]' }],
      [{ ab: 1 }, 45, { ab: '[cut]' }],
      [{ ab: 1 }, 46, { ab: '[cut]' }],
      [{ ab: 1 }, 47, { ab: 1 }],
      [{ ab: { c: 1 } }, 64, { ab: '[cut]' }],
      [{ ab: { c: 1 } }, 65, { ab: { '…': '[cut]' } }],
      [three, 50, { first: '[cut]' }],
      [three, 60, { first: 'aaaa', '…': '[cut]' }],
      [three, 70, { first: 'aaaa', second: '[cut]' }],
      [three, 80, { first: 'aaaa', second: 'bbbb', third: '[cut]' }],
      [[three, 1, 2], 80, [{ first: 'aaaa', '…': '[cut]' }]],
    ]
    for (const [value, bytes, shown] of bounded) {
      expect(excerptOf(value, { bytes }), `${JSON.stringify(value)} in ${bytes}`).to.deep.equal(shown)
    }
  })

  it('has no more bytes than it may, whatever it shows, and is never without JSON', () => {
    assert(
      property(
        anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withNullPrototype: true }),
        integer({ min: 40, max: 2000 }),
        (value, bytes) => {
          const text = JSON.stringify(excerptOf(value, { bytes, depth: 10, text: 5000 }))
          expect(Buffer.byteLength(text)).to.be.at.most(bytes)
        },
      ),
      { numRuns: 500 },
    )
    const wide = Object.fromEntries(
      Array.from({ length: 5000 }, (_, index) => [`member${index}`, '\u0000ü👍'.repeat(20)]),
    )
    for (const bytes of [50, 500, 5000]) {
      expect(Buffer.byteLength(JSON.stringify(excerptOf([wide, [wide]], { bytes, members: 1e6 })))).to.be.at.most(bytes)
    }
  })
})
