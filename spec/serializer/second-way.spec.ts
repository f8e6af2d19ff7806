import { expect } from 'chai'
import {
  anyone,
  createDataSource,
  type DefinitionError,
  type ModelDataSource,
  ModelViewSet,
  role,
  Serializer,
  type SerializerClass,
} from 'plinth'
import { Resource } from 'plinth/decorators'
import { Column, Entity, JoinColumn, ManyToOne, PrimaryGeneratedColumn } from 'typeorm'
import { engines } from '../support/engines.js'
import { applicationOf } from '../support/http.js'

@Entity('second_writers')
class Writer {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 40 }) name!: string
}

@Entity('second_books')
class Book {
  @PrimaryGeneratedColumn() id!: number
  @Column({ type: 'int' }) writerId!: number
  @ManyToOne(() => Writer) @JoinColumn({ name: 'writerId' }) writer!: Writer
}

class WriterSerializer extends Serializer(Writer, { fields: ['id', 'name'] }) {}

const fields = ['id', 'writer', 'writerId'] as const
const admin = role('admin')
const nested = { writer: WriterSerializer }
const refer = { writer: { serializer: WriterSerializer, allow: { refer: admin } } }
const scoped = { writer: { serializer: WriterSerializer, scope: () => ({ name: 'ada' }) } }

describe('A relation and the property that holds its key', () => {
  let dataSource: ModelDataSource

  before(async () => {
    const { options } = await engines[0]!.create()
    dataSource = await createDataSource({ ...options, entities: [Writer, Book] }).initialize()
  })
  after(() => dataSource?.destroy())

  function mistakesOf(serializer: SerializerClass<Book>): readonly string[] {
    @Resource('/books')
    class Books extends ModelViewSet(Book, { serializer, permissions: { '*': anyone } }) {}
    try {
      applicationOf({ viewSets: [Books], dataSource })
    } catch (error) {
      return (error as DefinitionError).mistakes.map(({ code, problem }) => `${code} ${problem}`)
    }
    return []
  }

  const told =
    'E_SERIALIZER "writer" and "writerId" write the same, and what is said of who may write one of them, or of which rows, does not hold for the other.'

  it('are not both taken where something is said of one of them', () => {
    const serializers = [
      Serializer(Book, { fields, nested: refer }),
      Serializer(Book, { fields, nested: scoped }),
      Serializer(Book, { fields, nested, rules: { writer: { write: admin } } }),
      Serializer(Book, { fields, nested, rules: { writerId: { write: admin } } }),
    ]
    for (const serializer of serializers) expect(mistakesOf(serializer)).to.deep.equal([told])
  })

  it('are both shown, and taken where the same is said of both', () => {
    const rules = { writer: { write: admin }, writerId: { write: admin } }
    const serializers = [
      Serializer(Book, { fields, nested: refer, readOnly: ['writerId'] }),
      Serializer(Book, { fields, nested: scoped, readOnly: ['writer'] }),
      Serializer(Book, { fields, nested, rules }),
      Serializer(Book, { fields, nested }),
    ]
    for (const serializer of serializers) expect(mistakesOf(serializer)).to.deep.equal([])
  })
})
