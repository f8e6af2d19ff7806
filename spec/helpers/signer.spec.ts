import { createHmac, hash, hkdfSync } from 'node:crypto'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { Signer, type SigningPurposeOptions, signingPurpose, UsageError } from 'plinth'
import { refusal } from '../support/refusal.js'

const [first, second, third] = ['a', 'b', 'c'].map((letter) => letter.repeat(32)) as [string, string, string]
const any = signingPurpose<unknown>('any', { lifetime: 60 })
const reset = signingPurpose<{ readonly userId: string }>('password-reset', { lifetime: 60 })

const reasonOf = (signer: Signer, text: unknown): string | undefined => {
  const verification = signer.examine(any, text)
  expect(signer.verify(any, text) === undefined).to.equal(!verification.valid)
  return verification.valid ? undefined : verification.reason
}

describe('Signer', () => {
  let now: number
  const signerOf = (...keys: readonly string[]): Signer => new Signer({ keys, clock: { now: () => new Date(now) } })
  beforeEach(() => {
    now = Date.parse('2026-01-01T00:00:00.000Z')
  })

  it('gives back what it signed, for every JSON value', () => {
    const signer = signerOf(first)
    const value = fc
      .jsonValue()
      .filter((one) => !JSON.stringify(one, (_, part) => (Object.is(part, -0) ? 'zero' : part)).includes('zero'))
    fc.assert(
      fc.property(value, (one) => {
        const text = signer.sign(any, one)
        expect(text).to.match(/^[\w-]{8}\.[\w-]+\.[\w-]{43}$/)
        expect(signer.examine(any, text)).to.deep.equal({ valid: true, value: one })
      }),
    )
  })

  it('signs by HMAC-SHA256, with a key that is derived for each purpose', () => {
    const text = signerOf(first).sign(reset, { userId: '7' })
    const [id, payload, tag] = text.split('.')
    expect(Buffer.from(payload!, 'base64url').toString()).to.equal(`[${now + 60_000},{"userId":"7"}]`)
    const key = Buffer.from(hkdfSync('sha256', first, '', 'plinth signing values password-reset', 32))
    expect(tag).to.equal(createHmac('sha256', key).update(`${id}.${payload}`).digest('base64url'))
    expect(text).not.to.contain(first.slice(0, 8))
    // What was signed by an older version is known again by its id.
    const named = Buffer.from(hkdfSync('sha256', first, '', 'plinth signing key id', 32))
    expect(id).to.equal(hash('sha256', named, 'base64url').slice(0, 8))
  })

  it('signs texts of 4,096 characters, and neither signs nor knows longer ones', () => {
    const signer = signerOf(first)
    const longest = signer.sign(any, 'x'.repeat(3014))
    expect(longest).to.have.length(4096)
    expect(signer.verify(any, longest)).to.equal('x'.repeat(3014))
    expect(refusal('E_SIGNED_VALUE', () => signer.sign(any, 'x'.repeat(3015)))).to.equal(
      'A value cannot be signed, because it must be a small JSON value. Its text would have 4097 characters, of 4096; sign the id of what you keep.',
    )
    const [id] = longest.split('.')
    const signed = `${id}.${Buffer.from(`[null,"${'x'.repeat(4000)}"]`).toString('base64url')}`
    const key = Buffer.from(hkdfSync('sha256', first, '', 'plinth signing values any', 32))
    const tag = createHmac('sha256', key).update(signed).digest('base64url')
    expect(reasonOf(signer, `${signed}.${tag}`)).to.equal('malformed')
  })

  it('knows no text again of which one character is another', () => {
    const signer = signerOf(first)
    const text = signer.sign(any, { id: 7, roles: ['a'] })
    const others = ['A', 'B', '_', '-', '.', '=', ' ', 'é', '\u0000']
    for (let at = 0; at < text.length; at += 1) {
      for (const other of others.filter((one) => one !== text[at])) {
        expect(signer.verify(any, text.slice(0, at) + other + text.slice(at + 1)), `${at} ${other}`).to.equal(undefined)
      }
      expect(signer.verify(any, text.slice(0, at))).to.equal(undefined)
      expect(signer.verify(any, text.slice(0, at) + text.slice(at + 1))).to.equal(undefined)
    }
    for (const around of [` ${text}`, `${text} `, `${text}\n`, `${text}=`, `${text}.${text}`]) {
      expect(reasonOf(signer, around)).to.equal('malformed')
    }
  })

  it('takes nothing for a value that is no text of its own', () => {
    const signer = signerOf(first)
    const strange = [undefined, null, 7, {}, [], '', '.', '..', 'a.b.c', 'x'.repeat(5_000_000), [signer.sign(any, 1)]]
    for (const text of strange) expect(reasonOf(signer, text)).to.equal('malformed')
    expect(reasonOf(signer, signerOf(second).sign(any, 1))).to.equal('unknown key')
    const [id, , tag] = signer.sign(any, 1).split('.')
    expect(reasonOf(signer, `${id}.${Buffer.from('[null,2]').toString('base64url')}.${tag}`)).to.equal('forged')
    expect(reasonOf(signer, `${id}.AAAA.${tag}`)).to.equal('forged')
  })

  it('knows nothing again that was signed for another purpose, whatever their names are', () => {
    const signer = signerOf(first)
    const names = ['any', 'any ', 'Any', 'an', 'y', 'any.', 'key id', 'values any']
    const purposes = names.map((name) => signingPurpose<number>(name, { lifetime: 60 }))
    for (const purpose of purposes) {
      const text = signer.sign(purpose, 7)
      expect(purposes.filter((other) => signer.verify(other, text) === 7)).to.deep.equal([purpose])
    }
  })

  it('signs with its first key, and recognises all of them', () => {
    const old = signerOf(first).sign(any, 'old')
    const both = signerOf(second, first)
    expect(both.verify(any, old)).to.equal('old')
    const young = both.sign(any, 'young')
    expect(signerOf(second).verify(any, young)).to.equal('young')
    expect(signerOf(third, second).verify(any, young)).to.equal('young')
    expect(reasonOf(signerOf(second), old)).to.equal('unknown key')
    expect(reasonOf(signerOf(first), young)).to.equal('unknown key')
  })

  it('forgets values when their time is over, and not before', () => {
    const signer = signerOf(first)
    const text = signer.sign(any, 7)
    now += 59_999
    expect(signer.verify(any, text)).to.equal(7)
    now += 1
    expect(reasonOf(signer, text)).to.equal('expired')
    const [id, payload, tag] = text.split('.')
    const later = Buffer.from(payload!, 'base64url')
      .toString()
      .replace(/\d+/, String(now + 60_000))
    expect(reasonOf(signer, `${id}.${Buffer.from(later).toString('base64url')}.${tag}`)).to.equal('forged')
    const unlimited = signingPurpose<number>('unlimited', { lifetime: 'unlimited' })
    const lasting = signer.sign(unlimited, 7)
    now += 1e12
    expect(signer.verify(unlimited, lasting)).to.equal(7)
  })

  it('says that a forged value is forged, also when its time would be over', () => {
    const signer = signerOf(first)
    const text = signer.sign(any, 7)
    now += 60_000
    expect(reasonOf(signer, `${text.slice(0, -1)}${text.endsWith('A') ? 'E' : 'A'}`)).to.equal('forged')
  })

  it('refuses to sign what would come back as something else', () => {
    const circle: unknown[] = []
    circle.push(circle)
    const strange = [
      undefined,
      Number.NaN,
      -0,
      1n,
      new Date(0),
      new Map(),
      { a: undefined },
      [undefined],
      Symbol('a'),
      () => 1,
      circle,
      new (class A {
        a = 1
      })(),
      { toJSON: () => 1 },
      'x'.repeat(3200),
    ]
    for (const value of strange) expect(() => signerOf(first).sign(any, value)).to.throw(UsageError, 'E_SIGNED_VALUE')
  })

  it('says what is wrong with a value, and what with JSON', () => {
    const signer = signerOf(first)
    const refused = (value: unknown): string => {
      const [start, problem] = refusal('E_SIGNED_VALUE', () => signer.sign(any, value)).split(' value. ')
      expect(start).to.equal('A value cannot be signed, because it must be a small JSON')
      return problem!
    }
    expect(refused(undefined)).to.equal('It has no JSON.')
    expect(refused(1n)).to.equal('It has no JSON.')
    expect(refused(new Date(0))).to.equal('It would come back as "1970-01-01T00:00:00.000Z".')
    expect(refused({ toJSON: () => 'x'.repeat(200) })).to.equal(`It would come back as "${'x'.repeat(99)}.`)
    expect(() => signer.sign(any, 1n))
      .to.throw(UsageError)
      .with.property('cause')
      .instanceOf(TypeError)
  })

  it('says which key could be guessed, and how a purpose is written', () => {
    const remedy = 'Give it keys from a random generator, such as `openssl rand -base64 32`.'
    expect(refusal('E_SIGNING_KEY', () => signerOf())).to.equal(
      `A Signer cannot sign with its keys. It was given none. ${remedy}`,
    )
    expect(refusal('E_SIGNING_KEY', () => signerOf(first, 'short'))).to.equal(
      `A Signer cannot sign with its keys. keys[1] has fewer than 32 characters, and might be guessed. ${remedy}`,
    )
    const written = "Write signingPurpose('password-reset', { lifetime: 3600 }), or lifetime: 'unlimited'."
    expect(refusal('E_SIGNING_PURPOSE', () => signingPurpose('ü', { lifetime: 1 }))).to.equal(
      `A purpose is named by 1 to 100 characters of ASCII, not by "ü". ${written}`,
    )
    expect(refusal('E_SIGNING_PURPOSE', () => signingPurpose('a', { lifetime: 0 }))).to.equal(
      `Values signed for "a" count for 0 seconds, which is no time. ${written}`,
    )
  })

  it('signs for a second and for ten years, and for no longer', () => {
    for (const lifetime of [1, 315_360_000])
      expect(signingPurpose('a', { lifetime })).to.deep.equal({ name: 'a', lifetime })
    refusal('E_SIGNING_PURPOSE', () => signingPurpose('a', { lifetime: 315_360_001 }))
  })

  it('refuses keys that could be guessed, and purposes that are none', () => {
    for (const keys of [[], ['short'], [first, 'x'.repeat(31)], [7], undefined, first]) {
      expect(() => new Signer({ keys } as never)).to.throw(UsageError, 'E_SIGNING_KEY')
    }
    for (const lifetime of [0, -1, 1.5, Number.NaN, 1e12, undefined, '60']) {
      const options = { lifetime } as SigningPurposeOptions
      expect(() => signingPurpose('a', options)).to.throw(UsageError, 'E_SIGNING_PURPOSE')
    }
    for (const name of ['', 'ü', 'x'.repeat(101), 'a\n', 7]) {
      expect(() => signingPurpose(name as string, { lifetime: 1 })).to.throw(UsageError, 'E_SIGNING_PURPOSE')
    }
  })
})
