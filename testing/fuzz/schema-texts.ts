import type { Arbitrary } from 'fast-check'
import type { PropertyLibrary } from '../property-library.js'
import type { Schema } from './schema-reader.js'

/** The longest text that is made where a schema sets no bound that is nearer. */
const longest = 40

/** Makes texts that fit schemas of texts. */
export class SchemaTexts {
  readonly #fc: PropertyLibrary
  /** Letters of all scripts; made once, because the library looks long for them. */
  readonly #letters: Arbitrary<string>

  constructor(fc: PropertyLibrary) {
    this.#fc = fc
    this.#letters = fc.string({ unit: 'grapheme-composite', maxLength: 12 })
  }

  of(schema: Schema): Arbitrary<string> {
    const fc = this.#fc
    const { format, pattern, examples } = schema
    if (Array.isArray(examples) && examples.length > 0) {
      return fc.oneof(fc.constantFrom(...(examples as string[])), this.#plain(schema))
    }
    if (typeof format === 'string' && formats[format]) return formats[format](fc)
    // What only leaves letters out is met by nearly every text.
    if (typeof pattern === 'string' && !pattern.startsWith('^[^')) return matching(fc, pattern) ?? this.#plain(schema)
    return this.#plain(schema)
  }

  #plain({ minLength = 0, maxLength }: Schema): Arbitrary<string> {
    const fc = this.#fc
    const min = minLength as number
    const bound = maxLength as number | undefined
    const max = Math.max(min, Math.min(bound ?? longest, longest))
    const short = fc.constantFrom('a', 'b', 'ab').map((text) => text.padEnd(min, 'x').slice(0, bound))
    return fc.oneof(
      { weight: 3, arbitrary: fc.string({ minLength: min, maxLength: max }) },
      { weight: 1, arbitrary: this.#letters.map((text) => Array.from(text).slice(0, max).join('').padEnd(min, 'x')) },
      { weight: 3, arbitrary: short },
      { weight: 1, arbitrary: fc.constant('y'.repeat(Math.min(bound ?? 0, 1000)).padEnd(min, 'y')) },
    )
  }
}

const instant = (fc: PropertyLibrary): Arbitrary<string> =>
  fc
    .date({ min: new Date('1000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
    .map((date) => date.toISOString())

const formats: Readonly<Record<string, (fc: PropertyLibrary) => Arbitrary<string>>> = {
  uuid: (fc) => fc.uuid(),
  'date-time': instant,
  date: (fc) => instant(fc).map((text) => text.slice(0, 10)),
  time: (fc) => instant(fc).map((text) => text.slice(11, 19)),
  email: (fc) => fc.emailAddress(),
  uri: (fc) => fc.webUrl(),
}

function matching(fc: PropertyLibrary, pattern: string): Arbitrary<string> | undefined {
  try {
    return fc.stringMatching(new RegExp(pattern, 'u'))
  } catch {
    // It is not among the patterns that the library can turn around.
    return undefined
  }
}
