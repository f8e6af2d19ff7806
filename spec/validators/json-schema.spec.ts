import { expect } from 'chai'
import { validate } from 'class-validator'
import { type JsonSchema, type JsonSchemaOptions, MatchesJsonSchema, validateJsonSchema } from 'plinth'
import { refusal } from '../support/refusal.js'

const settings = {
  type: 'object',
  properties: {
    theme: { enum: ['light', 'dark'] },
    size: { type: 'integer', minimum: 8 },
    tags: { type: 'array', items: { type: 'string', maxLength: 3 } },
    'a/b~c d': { type: 'string' },
  },
  required: ['theme'],
  additionalProperties: false,
} as const

const referring = (type: string): JsonSchema => ({
  $id: 'https://example.com/a',
  $ref: '#/$defs/x',
  $defs: { x: { type } },
})
const refused = (schema: unknown, options?: JsonSchemaOptions): string =>
  refusal('E_VALIDATOR_OPTIONS', () => validateJsonSchema(schema as JsonSchema, options))

/** How many complaints there are of a value that fits none of so many schemas. */
const complaintsOfBranches = (branches: number): number =>
  validateJsonSchema({ anyOf: Array.from({ length: branches }, (_, one) => ({ const: one })) }).complaints('a').length

describe('validateJsonSchema', () => {
  const fits = validateJsonSchema(settings)
  const pointers = (value: unknown): readonly string[] =>
    fits.complaints(value).map(({ pointer, code }) => `${pointer} ${code}`)

  it('takes what fits', () => {
    for (const value of [{ theme: 'dark' }, { theme: 'light', size: 8, tags: [], 'a/b~c d': '' }]) {
      expect(fits.complaints(value)).to.deep.equal([])
      expect(fits(value)).to.equal(true)
    }
  })

  it('leads to what does not, by JSON pointers', () => {
    expect(pointers({})).to.deep.equal(['#/theme required'])
    expect(pointers({ theme: 'blue' })).to.deep.equal(['#/theme enum'])
    expect(pointers({ theme: 'dark', size: 7 })).to.deep.equal(['#/size minimum'])
    expect(pointers({ theme: 'dark', tags: ['abc', 'abcd'] })).to.deep.equal(['#/tags/1 maxLength'])
    expect(pointers({ theme: 'dark', evil: 1 })).to.deep.equal(['#/evil additionalProperties'])
    expect(pointers({ theme: 'dark', 'a/b~c d': 1 })).to.deep.equal(['#/a~1b~0c%20d type'])
    expect(pointers([])).to.deep.equal(['# type'])
  })

  it('repeats no value, and only the beginning of names', () => {
    const secret = 'hunter2-hunter2'
    const values = [
      { theme: secret },
      { theme: 'dark', size: secret },
      { theme: 'dark', tags: [secret] },
      [secret],
      secret,
      { theme: 'dark', ['x'.repeat(10_000)]: secret },
      { theme: 'dark', '\ud800$value': secret },
    ]
    const any = validateJsonSchema({
      anyOf: [{ const: 'a' }, { type: 'string', pattern: '^b' }, { type: 'number', multipleOf: 2 }],
    })
    for (const value of values) {
      for (const validator of [fits, any]) {
        const told = JSON.stringify(validator.complaints(value))
        expect(told).not.to.contain(secret)
        expect(told.length).to.be.lessThan(700)
      }
    }
    expect(pointers(values[5])).to.deep.equal([`#/${'x'.repeat(64)} additionalProperties`])
    expect(pointers(values[6])).to.deep.equal(['#/%EF%BF%BD%24value additionalProperties'])
  })

  it('tells ten complaints at most', () => {
    // One for each branch, and one for all of them.
    expect([8, 9, 10, 20].map(complaintsOfBranches)).to.deep.equal([9, 10, 10, 10])
  })

  it('accepts nothing that it cannot check to its end', () => {
    const loop = '{"type":"object","properties":{"loop":{"const":1}},"required":["loop"]}'
    const circle = validateJsonSchema(JSON.parse(`{"if":${loop},"then":{"$ref":"#"}}`))
    expect(circle({ other: 1 })).to.equal(true)
    expect(circle.complaints({ loop: 1 })).to.deep.equal([
      { pointer: '#', code: 'matchesJsonSchema', message: 'cannot be checked against its JSON Schema' },
    ])
  })

  it('counts own properties only', () => {
    const inherited = validateJsonSchema({ type: 'object', required: ['toString'] })
    expect(inherited({})).to.equal(false)
    expect(inherited({ toString: 1 })).to.equal(true)
    expect(validateJsonSchema({ type: 'object', additionalProperties: false })(JSON.parse('{"__proto__":1}'))).to.equal(
      false,
    )
  })

  it('leaves the value as it is', () => {
    const value = Object.freeze({ size: '9' })
    const lenient = validateJsonSchema({
      type: 'object',
      properties: { size: { type: 'integer' }, theme: { default: 'x' } },
    })
    expect(lenient(value)).to.equal(false)
    expect(value).to.deep.equal({ size: '9' })
  })

  it('keeps a copy of its schema that nobody can change', () => {
    const own: Record<string, unknown> = { type: 'string' }
    const isText = validateJsonSchema(own)
    own['type'] = 'number'
    expect(isText('a')).to.equal(true)
    expect(isText.schema).to.deep.equal({ type: 'string' })
    expect(isText.schema).to.satisfy(Object.isFrozen)
    expect(fits.schema).to.deep.equal(settings)
    expect((fits.schema as typeof settings).properties.theme.enum).to.satisfy(Object.isFrozen)
  })

  it('does not mix up schemas that call themselves the same', () => {
    const [texts, numbers] = [validateJsonSchema(referring('string')), validateJsonSchema(referring('number'))]
    expect([texts('a'), texts(1), numbers('a'), numbers(1)]).to.deep.equal([true, false, false, true])
    refusal('E_VALIDATOR_OPTIONS', () => validateJsonSchema({ $ref: 'https://example.com/a' }))
  })

  it('checks formats, or notes them', () => {
    const email = { type: 'string', format: 'email' }
    expect(validateJsonSchema(email)('nobody')).to.equal(false)
    expect(validateJsonSchema(email)('ann@example.com')).to.equal(true)
    expect(validateJsonSchema(email, { formats: 'note' })('nobody')).to.equal(true)
    const unknown = { type: 'string', format: 'postcode' }
    for (const strict of [true, false]) {
      const message = refusal('E_VALIDATOR_OPTIONS', () => validateJsonSchema(unknown, { strict }))
      expect(message).to.contain('unknown format "postcode"')
    }
    expect(validateJsonSchema(unknown, { formats: 'note' })('nobody')).to.equal(true)
  })
})

describe('A JSON Schema that does not say what was meant', () => {
  it('is refused', () => {
    const problems: readonly (readonly [schema: unknown, problem: string])[] = [
      [{ type: 'strin' }, '/type must be equal to one of the allowed values'],
      [{ typ: 'string' }, 'strict mode: unknown keyword: "typ"'],
      [{ required: ['a'] }, 'strict mode: missing type "object" for keyword "required"'],
      [{ type: 'array', prefixItems: [{ type: 'string' }] }, 'strict mode: "prefixItems" is 1-tuple'],
      [{ type: 'string', pattern: '(' }, 'Invalid regular expression'],
      [{ $ref: 'https://example.com/a.json' }, 'references reach only into the schema itself'],
      [{ $ref: '#/$defs/missing' }, "can't resolve reference"],
      [
        { $schema: 'http://json-schema.org/draft-07/schema#' },
        'its "$schema" is not https://json-schema.org/draft/2020-12/schema',
      ],
      [{ $ref: '#' }, 'its references lead in a circle'],
      [{ allOf: [{ $ref: '#' }] }, 'its references lead in a circle'],
      [{ $async: true, type: 'string' }, '"$async" is not supported'],
      [{ $dynamicRef: '#a' }, '"$dynamicRef" is not supported; use "$ref"'],
      [{ type: 'array', unevaluatedItems: false }, 'close tuples with "items": false'],
      [JSON.parse('{"type":"object","properties":{"__proto__":{"type":"number"}}}'), 'cannot be named "__proto__"'],
      [
        JSON.parse('{"type":"object","unevaluatedProperties":false,"if":true,"then":true}'),
        'needs both "then" and "else"',
      ],
      [{ type: 'string', maxLength: Number.NaN }, 'it must be JSON'],
      [{ type: 'string', parse() {} }, 'it must be JSON'],
      [null, 'it must be an object or a boolean'],
      ['string', 'it must be an object or a boolean'],
      [[], 'it must be an object or a boolean'],
      [undefined, 'it must be JSON'],
    ]
    for (const [schema, problem] of problems) {
      expect(refused(schema), String(schema))
        .to.match(/^The JSON Schema is refused: /)
        .and.to.contain(problem)
    }
  })

  it('may be left as it is where somebody else wrote it', () => {
    const loose = { required: ['a'], properties: { a: { type: 'string' } }, 'x-note': 'theirs' }
    expect(refused(loose)).to.contain('strict mode')
    expect(validateJsonSchema(loose, { strict: false })({})).to.equal(false)
    expect(validateJsonSchema(loose, { strict: false })({ a: 'b' })).to.equal(true)
  })

  it('may hold the names of unsupported keywords as data', () => {
    const fits = validateJsonSchema({ enum: [{ $dynamicRef: 'a', unevaluatedItems: 1 }] })
    expect(fits({ $dynamicRef: 'a', unevaluatedItems: 1 })).to.equal(true)
  })
})

describe('@MatchesJsonSchema', () => {
  class Account {
    @MatchesJsonSchema(settings) readonly settings: unknown
    @MatchesJsonSchema({ type: 'integer' }, {}, { each: true }) readonly numbers: unknown

    constructor(own: unknown, numbers: unknown) {
      this.settings = own
      this.numbers = numbers
    }
  }

  it('says where a property does not fit', async () => {
    expect(await validate(new Account({ theme: 'dark' }, [1, 2]))).to.deep.equal([])
    const complaints = await validate(new Account({ theme: 'dark', tags: ['$value', 'abcd'] }, [1, 'b']))
    expect(complaints.map(({ constraints }) => constraints)).to.deep.equal([
      { matchesJsonSchema: 'settings must NOT have more than 3 characters (at #/tags/0)' },
      { matchesJsonSchema: 'each value in numbers must fit its JSON Schema' },
    ])
  })

  it('refuses a wrong schema when the class is made', () => {
    refusal('E_VALIDATOR_OPTIONS', () => MatchesJsonSchema({ type: 'strin' }))
  })
})
