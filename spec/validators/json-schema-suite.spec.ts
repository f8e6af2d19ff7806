import { expect } from 'chai'
import { type JsonSchema, type JsonSchemaOptions, UsageError, validateJsonSchema } from 'plinth'
import { describeWithData, type TestData } from '../support/data.js'

interface Group {
  readonly description: string
  readonly schema: JsonSchema
  readonly tests: readonly { readonly description: string; readonly data: unknown; readonly valid: boolean }[]
}

interface Outcome {
  readonly right: number
  readonly wrong: readonly string[]
  /** How many tests belong to schemas that were refused, by the file or, where it has others too, the reason. */
  readonly refused: Readonly<Record<string, number>>
}

function run(data: TestData, folder: string, options: JsonSchemaOptions): Outcome {
  let right = 0
  const wrong: string[] = []
  const refused: Record<string, number> = {}
  for (const file of data.list(folder).filter((name) => name.endsWith('.json'))) {
    for (const { description, schema, tests } of data.json<readonly Group[]>(`${folder}/${file}`)) {
      const validator = compiled(schema, options)
      if (typeof validator === 'string') {
        refused[validator] = (refused[validator] ?? 0) + tests.length
        continue
      }
      for (const test of tests) {
        if (validator(test.data) === test.valid) right += 1
        else wrong.push(`${file}: ${description}: ${test.description}`)
      }
    }
  }
  return { right, wrong, refused }
}

function compiled(schema: JsonSchema, options: JsonSchemaOptions): ReturnType<typeof validateJsonSchema> | string {
  try {
    return validateJsonSchema(schema, options)
  } catch (error) {
    expect(error).to.be.instanceOf(UsageError)
    const [message = ''] = (error as Error).message.split('\n')
    return reasons.find(([pattern]) => pattern.test(message))?.[1] ?? message
  }
}

const reasons: readonly (readonly [RegExp, string])[] = [
  [/references reach only into the schema itself/, 'another document'],
  [/its "\$schema" is not/, 'another metaschema'],
  [/"\$dynamicRef"/, 'dynamicRef'],
  [/"unevaluatedItems"/, 'unevaluatedItems'],
  [/"unevaluatedProperties" together/, 'unevaluatedProperties with half an if'],
  [/"__proto__"/, 'a property __proto__'],
  [/lead in a circle/, 'references to a schema with an id inside a schema, or to the metaschema'],
  [/enum must have non-empty array/, 'empty enum'],
  [/strict mode/, 'strict'],
  [/unknown format/, 'unknown format'],
  [/resolves to more than one schema/, 'one id for two schemas'],
]

describeWithData(
  'validateJsonSchema and the JSON Schema Test Suite',
  'json-schema-test-suite/tests/draft2020-12',
  (data) => {
    it('answers 1,117 of 1,299 required tests rightly and none wrongly; the schemas of 182 are refused', () => {
      expect(run(data, '.', { strict: false, formats: 'note' })).to.deep.equal({
        right: 1117,
        wrong: [],
        refused: {
          dynamicRef: 33,
          'another document': 44,
          'empty enum': 6,
          'a property __proto__': 7,
          'references to a schema with an id inside a schema, or to the metaschema': 8,
          unevaluatedItems: 69,
          'unevaluatedProperties with half an if': 10,
          'another metaschema': 5,
        },
      })
    })

    it('answers none wrongly where it is strict', () => {
      const { right, wrong, refused } = run(data, '.', { formats: 'note' })
      const total = right + Object.values(refused).reduce((sum, count) => sum + count, 0)
      expect(wrong).to.deep.equal([])
      expect(total).to.equal(1299)
    })

    it('answers 151 of 162 optional tests rightly and one wrongly: a multiple of a number beyond 10^307', () => {
      const { right, wrong, refused } = run(data, 'optional', { strict: false, formats: 'note' })
      expect(right).to.equal(151)
      expect(wrong).to.deep.equal([
        'float-overflow.json: all integers are multiples of 0.5, if overflow is handled: valid if optional overflow handling is implemented',
      ])
      expect(refused).to.deep.equal({
        'another document': 1,
        dynamicRef: 2,
        'another metaschema': 4,
        'one id for two schemas': 3,
      })
    })

    it('answers 565 of 764 optional tests of formats rightly and 47 wrongly; the formats of 152 are refused', () => {
      const { right, wrong, refused } = run(data, 'optional/format', { strict: false })
      const byFile: Record<string, number> = {}
      for (const one of wrong) {
        const [file = ''] = one.split('.json')
        byFile[file] = (byFile[file] ?? 0) + 1
      }
      expect({ right, byFile, refused }).to.deep.equal({
        right: 565,
        byFile: {
          'date-time': 3,
          duration: 2,
          'ecmascript-regex': 1,
          email: 5,
          hostname: 24,
          'uri-reference': 6,
          'uri-template': 3,
          uri: 3,
        },
        refused: { 'unknown format': 152 },
      })
    })
  },
)
