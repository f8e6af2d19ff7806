import type { Arbitrary } from 'fast-check'
import type { PropertyLibrary } from '../property-library.js'

/** Texts that have broken programs before. */
const knownTexts = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\ud800',
  '\ufffe',
  '\u202e',
  '‮𝒳🏳️‍🌈',
  "'",
  "' OR '1'='1",
  '"; DROP TABLE x; --',
  '%',
  '_',
  '\\',
  '%00',
  '%zz',
  '../../etc/passwd',
  '${7*7}',
  '{{7*7}}',
  '<script>alert(1)</script>',
  '__proto__',
  'constructor',
  'toString',
  'null',
  'undefined',
  'NaN',
  'Infinity',
  '-0',
  '0x10',
  '1e400',
  '9007199254740993',
  '-9223372036854775809',
  '99999999999999999999999999',
  '2026-02-30',
  '0000-00-00T00:00:00Z',
  '00000000-0000-0000-0000-000000000000',
  'trash',
  'bulk',
  ',',
  ',,',
  'x'.repeat(300),
] as const

const knownNumbers = [0, -0, -1, 0.5, 1e21, -1e308, 5e-324, 2 ** 31, -(2 ** 31) - 1, 2 ** 53, 2 ** 63, 2 ** 64] as const

/** What nobody would send who means well. */
export class Hostile {
  readonly texts: Arbitrary<string>
  /** Any JSON value, as deep as it comes. */
  readonly values: Arbitrary<unknown>
  /** Values of headers, as far as HTTP lets them be sent. */
  readonly headers: Arbitrary<Readonly<Record<string, string>>>
  /** Bodies as they are sent. */
  readonly bodies: Arbitrary<string>

  constructor(fc: PropertyLibrary, further: readonly string[]) {
    this.texts = fc.oneof(fc.constantFrom(...knownTexts, ...further), anyText(fc))
    this.values = fc.oneof(
      this.texts,
      fc.constantFrom(...knownNumbers),
      fc.constantFrom(null, true, false),
      fc.jsonValue({ maxDepth: 3 }),
      fc.array(this.texts, { maxLength: 3 }),
    )
    this.headers = headersOf(fc, this.texts)
    this.bodies = bodiesOf(fc, this.values)
  }
}

/** Text of any code units. What the library has for this takes a second to make. */
const anyText = (fc: PropertyLibrary): Arbitrary<string> =>
  fc.array(fc.nat(0xffff), { maxLength: 12 }).map((units) => String.fromCharCode(...units))

const names = [
  'accept',
  'accept-encoding',
  'content-type',
  'content-encoding',
  'cookie',
  'authorization',
  'if-match',
  'if-none-match',
  'if-modified-since',
  'if-unmodified-since',
  'idempotency-key',
  'prefer',
  'range',
  'origin',
  'x-request-id',
  'x-forwarded-for',
  'x-http-method-override',
] as const

function headersOf(fc: PropertyLibrary, texts: Arbitrary<string>): Arbitrary<Readonly<Record<string, string>>> {
  const telling = fc.constantFrom('*', '"', '""', 'W/"x"', '"1", "2"', 'return=minimal', 'gzip', '*/*;q=0', ';;', '=')
  const value = fc.oneof(telling, texts).filter((text) => /^[\t\x20-\x7e\x80-\xff]*$/.test(text))
  return fc.dictionary(fc.constantFrom(...names), value, { minKeys: 1, maxKeys: 3 })
}

function bodiesOf(fc: PropertyLibrary, values: Arbitrary<unknown>): Arbitrary<string> {
  const json = values.map((value) => JSON.stringify(value))
  return fc.oneof(
    json,
    json.map((text) => text.slice(0, -1)),
    fc.constantFrom(
      '',
      '{',
      '{"a":1,"a":2}',
      '{"__proto__":{"x":1}}',
      '{"constructor":{"prototype":{"x":1}}}',
      '\ufeff{}',
      '[1e999]',
      '"\\ud800"',
      '{"items":[null]}',
      '{"ids":[[]]}',
    ),
    fc.integer({ min: 20, max: 5000 }).map((depth) => '['.repeat(depth) + ']'.repeat(depth)),
    fc.integer({ min: 20, max: 3000 }).map((depth) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`),
    fc.constant(`{"a":"${'x'.repeat(150_000)}"}`),
    anyText(fc),
  )
}
