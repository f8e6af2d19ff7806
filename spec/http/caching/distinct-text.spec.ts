import { expect } from 'chai'
import { distinctText, UnseenError } from '../../../src/http/caching/distinct-text.js'

const withSymbol = { [Symbol('a')]: 1 }
const hidden = Object.defineProperty({ a: 1 }, 'b', { value: 2 })
// A list of two items, of which one is not there, and a property besides.
const holed = Object.assign([1], { x: 1, length: 2 })

describe('distinctText', () => {
  it('tells apart whatever can be told apart', () => {
    const texts: readonly (readonly [value: unknown, text: string])[] = [
      ['a', '"a"'],
      ['"', '"\\""'],
      ['1', '"1"'],
      [1, '1'],
      [1n, '1n'],
      [0, '0'],
      [-0, '-0'],
      [Number.NaN, 'NaN'],
      [true, 'true'],
      ['true', '"true"'],
      [null, 'null'],
      [undefined, 'undefined'],
      [[], '[]'],
      [[undefined], '[undefined]'],
      [['a', ['b']], '["a",["b"]]'],
      [['a,b'], '["a,b"]'],
      [{}, '{}'],
      [{ a: 1, b: { c: [2] } }, '{"a":1,"b":{"c":[2]}}'],
      [{ a: undefined }, '{"a":undefined}'],
      [Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
      [new Date(5), '@5'],
      ['@5', '"@5"'],
    ]
    for (const [value, text] of texts) expect(distinctText(value), text).to.equal(text)
  })

  it('takes what stands in two places for nothing that contains itself', () => {
    const shared = { a: 1 }
    expect(distinctText([shared, shared, { shared }])).to.equal('[{"a":1},{"a":1},{"shared":{"a":1}}]')
  })

  it('has no text for what it cannot see', () => {
    const circle: Record<string, unknown> = {}
    circle['self'] = [circle]
    const unseen: readonly (readonly [value: unknown, message: string])[] = [
      [() => 1, 'a function'],
      [Symbol('a'), 'a symbol'],
      [circle, 'an object that contains itself'],
      [new Map(), 'an object of the class Map'],
      [new (class {})(), 'an object of the class (without a name)'],
      [Object.create(Object.create(null)), 'an object of the class (without a name)'],
      [Object.assign([1], { x: 1 }), 'a list that has other properties, or lacks items'],
      [Object.assign([], { length: 2 }), 'a list that has other properties, or lacks items'],
      [holed, 'a list that has other properties, or lacks items'],
      [withSymbol, 'an object with properties that are not listed'],
      [hidden, 'an object with properties that are not listed'],
      [Object.assign(new Date(5), { a: 1 }), 'an object of the class Date'],
      [{ a: [{ b: new Set() }] }, 'an object of the class Set'],
    ]
    for (const [value, message] of unseen) {
      expect(() => distinctText(value), message).to.throw(
        UnseenError,
        new RegExp(`^${message.replace(/[()]/g, '\\$&')}$`),
      )
    }
  })
})
