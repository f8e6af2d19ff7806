import { isIP } from 'node:net'
import { expect } from 'chai'
import {
  canonicalAddress,
  clientIpReader,
  hashString,
  needsRehash,
  networkOf,
  parseUuid,
  safeEqual,
  slugify,
  transliterate,
  validateFileContent,
  validateFileExtension,
  validateJsonSchema,
  validateNoHtml,
  validateUuid,
  verifyPassword,
} from 'plinth'
import { describeWithData, type TestData } from '../support/data.js'

/** Naughty strings, injections, payloads and JSON that is hard to read: 2,000 texts that others collected. */
function hostileTexts(data: TestData): readonly string[] {
  const { cases } = data.json<{ cases: readonly { readonly payload: string }[] }>('owasp-xss-evasion/payloads.json')
  const uuids = data.json<{ validity: readonly { readonly value: unknown }[] }>('uuid/vectors.json').validity
  const texts = [
    ...data.json<readonly string[]>('blns/blns.json'),
    ...cases.map(({ payload }) => payload),
    ...uuids.map(({ value }) => String(value)),
    ...data.lines('payloadbox-sqli/Intruder'),
    ...data.list('json-test-suite/test_parsing').map((name) => data.text(`json-test-suite/test_parsing/${name}`)),
  ]
  return [...new Set(texts)]
}

describeWithData('Helpers and validators', '.', (data) => {
  let texts: readonly string[]

  before(() => {
    texts = hostileTexts(data)
    expect(texts.length).to.be.greaterThan(1900)
  })

  it('make slugs of hostile texts, and the same slug of each slug', () => {
    for (const text of texts) {
      const slug = slugify(text)
      expect(slug).to.match(/^(?:[a-z0-9]+(?:-[a-z0-9]+)*)?$/)
      expect(slugify(slug)).to.equal(slug)
      const unicode = slugify(text, { unicode: true, maxLength: 60 })
      expect(Array.from(unicode).length).to.be.at.most(60)
      expect(slugify(unicode, { unicode: true, maxLength: 60 })).to.equal(unicode)
      expect(transliterate(text)).to.match(/^[\0-\x7f]*$/)
    }
  })

  it('digest and compare hostile texts', () => {
    for (const [position, text] of texts.entries()) {
      expect(hashString(text)).to.match(/^[0-9a-f]{64}$/)
      const next = texts[position + 1] ?? ''
      expect(safeEqual(text, next)).to.equal(text === next)
    }
  })

  it('take hostile texts for no UUID, address or hash that they are not', () => {
    const read = clientIpReader({ trust: 1 })
    const readForwarded = clientIpReader({ trust: 1, header: 'forwarded' })
    const socket = { remoteAddress: '10.0.0.1' }
    for (const text of texts) {
      expect(parseUuid(text)).to.equal(validateUuid(text) ? text.toLowerCase() : undefined)
      expect(canonicalAddress(text) === undefined).to.equal(isIP(text) === 0)
      expect(networkOf(text)).to.be.a('string')
      expect(isIP(read({ socket, headers: { 'x-forwarded-for': text } })!)).to.be.greaterThan(0)
      expect(isIP(readForwarded({ socket, headers: { forwarded: `for=${text}` } })!)).to.be.greaterThan(0)
      expect(needsRehash(text)).to.equal(true)
    }
  })

  it('say yes or no to hostile texts, and never repeat them', async () => {
    const isName = validateFileExtension({ allowed: ['.jpg'] })
    const isShort = validateJsonSchema({ type: 'string', maxLength: 0 })
    const isText = validateFileContent({ allowed: ['text/plain'] })
    for (const text of texts) {
      for (const validator of [validateNoHtml, isName, isShort]) {
        const complaints = validator.complaints(text)
        expect(validator(text)).to.equal(complaints.length === 0)
        if (text.length > 30) expect(JSON.stringify(complaints)).not.to.contain(text)
      }
    }
    for (const text of texts.slice(0, 500)) expect(await isText(Buffer.from(text))).to.be.a('boolean')
  })

  it('hash any hostile text as a password, or refuse it for its length or half characters', async () => {
    // A hash that costs next to nothing: only what is taken as a password matters here.
    const stored = `$scrypt$ln=1,r=1,p=1$c2FsdA$${'A'.repeat(43)}`
    for (const text of texts.slice(0, 500)) expect(await verifyPassword(text, stored)).to.equal(false)
  })
})
