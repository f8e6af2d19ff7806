import { expect } from 'chai'
import * as fc from 'fast-check'
import { parseEntityTag, parseEntityTags, tagText } from '../../src/http/conditional/entity-tag.js'
import { httpDate, parseHttpDate } from '../../src/http/conditional/http-date.js'
import { readPreconditions } from '../../src/http/conditional/preconditions.js'
import { prefersMinimal } from '../../src/http/conditional/prefer.js'
import { MalformedRequestError } from '../../src/index.js'

const now = new Date('2026-06-01T00:00:00Z')

describe('Headers of conditional requests', () => {
  describe('entity tags', () => {
    for (const [text, expected] of [
      ['*', '*'],
      [' * ', '*'],
      ['"a"', ['"a"']],
      ['""', ['""']],
      ['W/"a", "b"', ['W/"a"', '"b"']],
      [', "a" ,\t,"b",', ['"a"', '"b"']],
      ['"a,b", "c\\d"', ['"a,b"', '"c\\d"']],
      ['', undefined],
      [',', undefined],
      ['a', undefined],
      ['w/"a"', undefined],
      ['W/ "a"', undefined],
      ['"a', undefined],
      ['"a" "b"', undefined],
      ['"a b"', undefined],
      ['*, "a"', undefined],
    ] as const)
      it(`of ${JSON.stringify(text)}`, () => {
        const tags = parseEntityTags(text)
        expect(tags === '*' || tags === undefined ? tags : tags.map(tagText)).to.deep.equal(expected)
      })

    it('are read as they are written', () => {
      const opaque = fc.stringMatching(/^[\x21\x23-\x7e\x80-\xff]*$/)
      fc.assert(
        fc.property(fc.array(fc.record({ weak: fc.boolean(), opaque }), { minLength: 1 }), (tags) => {
          expect(parseEntityTags(tags.map(tagText).join(' , '))).to.deep.equal(tags)
          expect(parseEntityTag(tagText(tags[0]!))).to.deep.equal(tags[0])
        }),
      )
    })
  })

  describe('dates', () => {
    for (const text of ['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994'])
      it(`of the form ${text}`, () => expect(parseHttpDate(text, now)).to.equal(784_111_777_000))

    it('have a century when their year has two digits', () => {
      expect(parseHttpDate('Sunday, 01-Jan-76 00:00:00 GMT', now)).to.equal(Date.UTC(2076, 0))
      expect(parseHttpDate('Sunday, 01-Jan-77 00:00:00 GMT', now)).to.equal(Date.UTC(1977, 0))
    })

    for (const text of [
      '',
      'now',
      '1994-11-06T08:49:37Z',
      'Sun, 31 Feb 1994 08:49:37 GMT',
      'Sun, 06 Nov 1994 24:00:00 GMT',
      'Sun, 06 Nov 1994 08:60:00 GMT',
      'Sun, 06 Nov 1994 08:49:37 UTC',
      'Sun, 6 Nov 1994 08:49:37 GMT',
    ])
      it(`are not ${JSON.stringify(text)}`, () => expect(parseHttpDate(text, now)).to.equal(undefined))

    it('are read as they are written', () => {
      const instant = fc.integer({ min: 0, max: 253_402_300_799 }).map((seconds) => new Date(seconds * 1000))
      fc.assert(fc.property(instant, (date) => parseHttpDate(httpDate(date), now) === date.getTime()))
    })

    it('are written as the platform writes them, whatever was written before', () => {
      const instants = fc.array(fc.date({ min: new Date(-6e13), max: new Date(2.5e14), noInvalidDate: true }))
      fc.assert(
        fc.property(instants, (dates) => {
          expect(dates.map(httpDate)).to.deep.equal(dates.map((date) => date.toUTCString()))
        }),
      )
    })
  })

  it('are understood or refused, whatever they are', () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('"', 'W/', '*', ',', ' ', '\\', 'a', '\t') }))
    fc.assert(
      fc.property(fc.array(fc.option(text), { minLength: 4, maxLength: 4 }), (values) => {
        const names = ['if-match', 'if-none-match', 'if-unmodified-since', 'if-modified-since']
        const header = (name: string) => values[names.indexOf(name)] ?? undefined
        try {
          readPreconditions({ header }, now)
        } catch (error) {
          expect(error).to.be.instanceOf(MalformedRequestError)
          expect((error as MalformedRequestError).errors).to.have.length(1)
        }
        expect(prefersMinimal(values[0] ?? undefined)).to.be.a('boolean')
      }),
      { numRuns: 1000 },
    )
  })

  for (const [text, expected] of [
    ['return=minimal', true],
    ['RETURN = "minimal"; foo', true],
    ['wait=10, return=minimal', true],
    ['return=representation, return=minimal', false],
    ['returns=minimal', false],
    ['return=minimalist', false],
  ] as const)
    it(`Prefer: ${text}`, () => expect(prefersMinimal(text)).to.equal(expected))
})
