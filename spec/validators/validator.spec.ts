import { expect } from 'chai'
import { getMetadataStorage, validate } from 'class-validator'
import { complaint, defineAsyncValidator, defineValidator, Satisfies, ValidationError } from 'plinth'

const validateEven = defineValidator({
  rule: 'even',
  message: 'must be even',
  schema: { type: 'integer', multipleOf: 2 },
  complaints: (value) => (Number(value) % 2 === 0 ? [] : complaint('even', 'must be even', { divisor: 2 })),
})

const validateFree = defineAsyncValidator({
  rule: 'free',
  message: 'must be free',
  schema: {},
  complaints: async (value) => (value === 'taken' ? complaint('free', 'must be free') : []),
})

describe('A validator of an application', () => {
  it('is a predicate, a description and an assertion', () => {
    expect([validateEven(2), validateEven(3)]).to.deep.equal([true, false])
    expect(validateEven).to.include({ rule: 'even', message: 'must be even' })
    expect(validateEven.schema).to.deep.equal({ type: 'integer', multipleOf: 2 })
    expect(validateEven.complaints(3)).to.deep.equal([
      { pointer: '#', code: 'even', message: 'must be even', params: { divisor: 2 } },
    ])
    expect(() => validateEven.assert(3))
      .to.throw(ValidationError, 'The value must be even.')
      .that.has.property('errors')
      .deep.equal(validateEven.complaints(3))
    expect(validateEven).to.satisfy(Object.isFrozen)
  })

  it('may take time', async () => {
    expect([await validateFree('new'), await validateFree('taken')]).to.deep.equal([true, false])
    await validateFree.assert('new')
    const error: unknown = await validateFree.assert('taken').catch((thrown: unknown) => thrown)
    expect(error).to.be.instanceOf(ValidationError)
  })

  it('is a decorator of class-validator', async () => {
    class Pair {
      @Satisfies(validateEven) readonly first: number
      @Satisfies(validateFree) readonly second: string

      constructor(first: number, second: string) {
        this.first = first
        this.second = second
      }
    }
    expect(await validate(new Pair(2, 'new'))).to.deep.equal([])
    const complaints = await validate(new Pair(3, 'taken'))
    expect(complaints.map(({ constraints }) => constraints)).to.deep.equal([
      { even: 'first must be even' },
      { free: 'second must be free' },
    ])
    const rules = getMetadataStorage().getTargetValidationMetadatas(Pair, '', true, false)
    expect(rules.map(({ propertyName, constraints }) => [propertyName, constraints])).to.deep.equal([
      ['first', [validateEven.schema]],
      ['second', [validateFree.schema]],
    ])
  })
})
