import { inspect } from 'node:util'
import { expect } from 'chai'
import { DefinitionError } from '../../src/index.js'
import { SchemaError, type SchemaMistake } from '../../src/orm/proof/schema-error.js'

const mistake = {
  code: 'E_OPTION',
  subject: 'Article',
  problem: 'something is wrong.',
  places: ['@SoftDelete at models/article.ts:4:2'],
  remedy: 'Put it right.',
} as const

describe('Mistakes that end a start', () => {
  const schemaMistake: SchemaMistake = { ...mistake, statements: ['ALTER TABLE article'] }
  for (const error of [new DefinitionError([mistake]), new SchemaError([schemaMistake])]) {
    it(`are printed once by a ${error.constructor.name} that nobody catches`, () => {
      const printed = inspect(error)
      for (const part of [mistake.problem, mistake.remedy, mistake.code]) {
        expect(printed.split(part), printed).to.have.length(2)
      }
      expect(printed).to.not.contain('mistakes')
    })

    it(`are there for programs in a ${error.constructor.name}`, () => {
      expect(error.mistakes).to.have.length(1)
      expect(error.mistakes[0]).to.include(mistake)
      expect(() => Object.assign(error, { mistakes: [] })).to.throw(TypeError)
    })
  }
})
