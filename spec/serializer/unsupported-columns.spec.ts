import { expect } from 'chai'
import { anyone, DefinitionError, ModelViewSet, Serializer } from 'plinth'
import { describeApp } from 'plinth/container'
import { Resource } from 'plinth/decorators'
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'

@Entity()
class Poem {
  @PrimaryGeneratedColumn() id!: number
  @Column({ type: 'text', array: true }) verses!: string[]
}

class PoemSerializer extends Serializer(Poem, { fields: ['id', 'verses'] }) {}

@Resource('/poems')
class PoemViewSet extends ModelViewSet(Poem, { serializer: PoemSerializer, permissions: { '*': anyone } }) {}

function problems(): readonly string[] {
  try {
    describeApp({ entities: [Poem], viewSets: [PoemViewSet], dataSource: { type: 'postgres' } })
    return []
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error
    return error.mistakes.map(({ code, subject, problem }) => `${code} ${subject}: ${problem}`)
  }
}

describe('Columns that are not supported', () => {
  it('are told with their type where a serializer shows them', () => {
    expect(problems()).to.deep.equal([
      'E_SERIALIZER PoemSerializer: the column "verses" has the type "text[]", which is not supported: it has no form as JSON.',
    ])
  })
})
