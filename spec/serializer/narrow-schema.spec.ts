import { expect } from 'chai'
import { narrowSchema } from '../../src/serializer/narrow-schema.js'

describe('Schemas of columns under the rules of their properties', () => {
  it('have the stricter bounds', () => {
    const column = { type: 'integer', minimum: -10, maximum: 10, maxLength: 5 }
    const rules = [
      { minimum: 0 },
      { maximum: 100 },
      { minimum: -3 },
      { type: 'number' },
      { maxLength: 3, minLength: 1 },
    ]
    expect(narrowSchema(column, rules)).to.deep.equal({
      type: 'integer',
      minimum: 0,
      maximum: 10,
      maxLength: 3,
      minLength: 1,
    })
    expect(narrowSchema({ type: 'number' }, [{ type: 'integer' }])).to.deep.equal({ type: 'integer' })
  })

  it('say besides what one schema cannot say', () => {
    const column = { type: 'string', pattern: '^a' }
    const rules = [{ pattern: 'b$' }, { format: 'email' }, { type: 'number' }, { items: { minimum: 1 } }]
    expect(narrowSchema(column, rules)).to.deep.equal({
      type: 'string',
      pattern: '^a',
      format: 'email',
      allOf: [{ pattern: 'b$' }, { type: 'number' }, { items: { minimum: 1 } }],
    })
  })

  it('take a rule as a whole or not at all, and stay as they are without rules', () => {
    const column = { type: 'string', pattern: '^a', maxLength: 9 }
    const rule = { maxLength: 4, pattern: 'b$' }
    expect(narrowSchema(column, [rule])).to.deep.equal({ ...column, allOf: [rule] })
    expect(narrowSchema(column, [])).to.deep.equal(column)
  })
})
