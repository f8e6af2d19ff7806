import { expect } from 'chai'
import { createDataSource, DefinitionError, defineTrait, hashString } from 'plinth'
import { type HasMetadata, Metadata } from 'plinth/decorators'
import { Entity, PrimaryGeneratedColumn } from 'typeorm'
import { engines } from '../support/engines.js'

@Entity('refused_shirts')
@Metadata({ schema: { type: 'strin' }, indexes: ['colour'] })
class Shirt {
  @PrimaryGeneratedColumn() id!: number
}
interface Shirt extends HasMetadata {}

const Digested = defineTrait({
  name: 'Digested',
  defaults: { algorithm: 'sha256' },
  rules: ({ algorithm }) => {
    const empty = hashString('', { algorithm: algorithm as 'sha256' })
    return { insert: { set: () => (empty === '' ? {} : {}) } }
  },
})

@Entity('refused_trousers')
@Digested({ algorithm: 'md5' })
class Trousers {
  @PrimaryGeneratedColumn() id!: number
}

describe('Options of which a trait cannot be made', () => {
  it('are told with the trait and its place, together with those of other entities', async () => {
    const { options } = await engines[0]!.create()
    const error: unknown = await createDataSource({ ...options, entities: [Shirt, Trousers] })
      .initialize()
      .catch((thrown: unknown) => thrown)
    expect(error).to.be.instanceOf(DefinitionError)
    const { mistakes } = error as DefinitionError
    expect(mistakes.map(({ code, subject, problem, remedy }) => [code, subject, problem, remedy])).to.deep.equal([
      [
        'E_TRAIT_OPTIONS',
        'Shirt',
        'the trait Metadata cannot be made of its options. The JSON Schema is refused: /type must be equal to one of the allowed values.',
        'Change the options of @Metadata.',
      ],
      [
        'E_TRAIT_OPTIONS',
        'Trousers',
        'the trait Digested cannot be made of its options. hashString() does not offer "md5": it is broken or unknown. Choose sha256, sha384, sha512, blake2b512.',
        'Change the options of @Digested.',
      ],
    ])
    const places = mistakes.map((mistake) => mistake.places.join())
    expect(places[0]).to.match(/^@Metadata at .*metadata-schema\.spec\.(?:ts|js):\d+:\d+$/)
    expect(places[1]).to.match(/^@Digested at .*metadata-schema\.spec\.(?:ts|js):\d+:\d+$/)
  })
})
