import { expect } from 'chai'
import { Column, Entity, JoinColumn, OneToOne, PrimaryColumn } from 'typeorm'
import { type SoftDeletable, SoftDelete, WhenHidden } from '../../../decorators/index.js'
import { contextVariable, createDataSource, defineTrait, eq, type ModelDataSource } from '../../../src/index.js'
import { type Database, describeOnEngines } from '../../support/engines.js'
import { hide } from '../../support/hide.js'
import { readBoth, shows } from '../../support/read-both.js'

const language = contextVariable<string>('language')
const Spoken = defineTrait({
  name: 'Spoken',
  defaults: {},
  scopes: () => ({ language: { where: eq('language', language), default: true } }),
})

@Entity('twin_books')
class Book {
  @PrimaryColumn({ type: 'int' })
  id!: number

  @OneToOne(
    () => Cover,
    (cover) => cover.book,
  )
  @WhenHidden('show')
  cover!: Cover | null
}

@SoftDelete()
@Spoken()
@Entity('twin_covers')
class Cover {
  @PrimaryColumn({ type: 'int' })
  id!: number

  @Column({ type: 'varchar', length: 2 })
  language!: string

  @Column({ type: 'int' })
  bookId!: number

  @OneToOne(
    () => Book,
    (book) => book.cover,
    { createForeignKeyConstraints: false },
  )
  @JoinColumn({ name: 'bookId' })
  book!: Book
}
interface Cover extends SoftDeletable {}

describeOnEngines('A row that refers to another one as the only one', (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Book, Cover] }).initialize()
    await dataSource.synchronize()
    const { uniques, indices } = dataSource.getMetadata(Cover)
    expect(
      [...uniques, ...indices].some(({ columns }) => columns.some(({ propertyName }) => propertyName === 'bookId')),
    )
    await dataSource
      .createQueryBuilder()
      .insert()
      .into(Book)
      .values([{ id: 1 }, { id: 2 }, { id: 3 }])
      .execute()
    const put = async (id: number, bookId: number, hidden: boolean) => {
      await dataSource.createQueryBuilder().insert().into(Cover).values({ id, bookId, language: 'de' }).execute()
      if (hidden) await hide(dataSource, Cover, [id])
    }
    for (const id of [5, 1]) await put(id, 1, true)
    await put(3, 1, false)
    for (const id of [8, 7, 9]) await put(id, 2, true)
  })

  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  const books = shows(Book, ['id'], { cover: shows(Cover, ['id']) })

  it('is the one that is shown; of those that are not, the first', async () => {
    const expected = [
      { id: 1, cover: { id: 3 } },
      { id: 2, cover: { id: 7 } },
      { id: 3, cover: null },
    ]
    await language.run('de', async () => {
      expect(await readBoth(dataSource, books)).to.deep.equal(expected)
      for (const offset of [0, 1, 2]) {
        expect(await readBoth(dataSource, books, { limit: 1, offset })).to.deep.equal([expected[offset]])
      }
    })
  })

  it('is shown as scopes of the present context say', async () => {
    await language.run('fr', async () => {
      const [first] = await readBoth(dataSource, books)
      expect(first).to.deep.equal({ id: 1, cover: { id: 1 } })
    })
    await language.run('de', async () => {
      const [first] = await readBoth(dataSource, books)
      expect(first).to.deep.equal({ id: 1, cover: { id: 3 } })
    })
  })
})
