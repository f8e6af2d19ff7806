import { inspect } from 'node:util'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { defaultJsonLimits, validateJsonSchema } from 'plinth'

const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth))
const rows = (count: number): unknown => Array.from({ length: count }, () => Array<number>(99).fill(0))
const twice = (value: unknown): unknown => [value, value]

const beyond = (code: string, limit: number, what: string) => ({
  pointer: '#',
  code,
  message: `must have at most ${limit} ${what}`,
  params: { limit },
})

describe('A value that is measured before it is checked', () => {
  const anything = validateJsonSchema(true)
  const code = (value: unknown, validator = anything): string | undefined => validator.complaints(value)[0]?.code

  it('is refused beyond each limit, and taken at it', () => {
    const { depth, values, items, characters } = defaultJsonLimits
    expect(defaultJsonLimits).to.deep.equal({ depth: 32, values: 10_000, items: 1_000, characters: 262_144 })
    expect([code(nested(depth)), code(nested(depth + 1))]).to.deep.equal([undefined, 'depth'])
    expect([code(Array(items).fill(0)), code(Array(items + 1).fill(0))]).to.deep.equal([undefined, 'items'])
    expect([code(rows(values / 100 - 1)), code(rows(values / 100))]).to.deep.equal([undefined, 'values'])
    expect([code('x'.repeat(characters)), code('x'.repeat(characters + 1))]).to.deep.equal([undefined, 'characters'])
    const name = 'x'.repeat(characters - 1)
    expect([code({ [name]: 'y' }), code({ [name]: 'yy' })]).to.deep.equal([undefined, 'characters'])
  })

  it('has the limits it is given', () => {
    const flat = validateJsonSchema(true, { limits: { depth: 1 } })
    expect([code([1], flat), code([[]], flat), code(Array(1001).fill(0), flat)]).to.deep.equal([
      undefined,
      'depth',
      'items',
    ])
    expect(flat.complaints([[]])).to.deep.equal([
      { pointer: '#', code: 'depth', message: 'must have at most 1 levels', params: { limit: 1 } },
    ])
  })

  it('is refused in words of the limit, which says how much there may be', () => {
    const strict = validateJsonSchema(true, { limits: { depth: 2, values: 5, items: 3, characters: 4 } })
    const told = (value: unknown): unknown => {
      const [complaint, ...others] = strict.complaints(value)
      expect(others).to.deep.equal([])
      return complaint
    }
    expect(told([[[1]]])).to.deep.equal(beyond('depth', 2, 'levels'))
    expect(told([[1, 2], [3]])).to.deep.equal(beyond('values', 5, 'values'))
    expect(told([1, 2, 3, 4])).to.deep.equal(beyond('items', 3, 'items in an array'))
    expect(told(['abc', 'de'])).to.deep.equal(beyond('characters', 4, 'characters'))
    expect(told({ abc: 1, de: 2 })).to.deep.equal(beyond('characters', 4, 'characters'))
    for (const value of [[[1, 2]], [[1], [2]], [1, 2, 3], ['ab', 'cd'], { ab: 'cd' }]) {
      expect(strict.complaints(value)).to.deep.equal([])
    }
    expect(strict.complaints([1n])).to.deep.equal([{ pointer: '#', code: 'json', message: 'must be JSON' }])
  })

  it('overflows no stack and no time, whatever the schema', () => {
    const recursive = validateJsonSchema({ type: 'array', items: { $ref: '#' } })
    const unique = validateJsonSchema({ type: 'array', uniqueItems: true })
    expect(code(nested(100_000), recursive)).to.equal('depth')
    expect(code(nested(20), recursive)).to.equal(undefined)
    expect(
      code(
        Array.from({ length: 100_000 }, (_, n) => ({ n })),
        unique,
      ),
    ).to.equal('items')
    const shared = Array.from({ length: 31 }).reduce<unknown>(twice, 0)
    expect(code(shared)).to.equal('values')
  })

  it('has to be JSON', () => {
    const cyclic: unknown[] = []
    cyclic.push(cyclic)
    expect(code(cyclic)).to.equal('depth')
    class Point {
      readonly x = 1
    }
    const others = [
      undefined,
      () => 1,
      Symbol('a'),
      1n,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      new Date(),
      new Map(),
      new Point(),
    ]
    for (const value of [...others, Buffer.from('a'), [undefined], { a: undefined }, Array(2), new String('a'), /a/]) {
      expect(code(value), inspect(value)).to.equal('json')
    }
    expect(code(Object.create(null))).to.equal(undefined)
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => anything(value)))
    fc.assert(fc.property(fc.anything(), (value) => typeof anything(value) === 'boolean'))
  })
})
