import { expect } from 'chai'
import type { ModelDataSource, ModelRepository } from '../../../src/index.js'
import { describeOnEngines } from '../../support/engines.js'
import { Book, type Library, openLibrary, Shelf } from './library.js'

const labels = (count: number) => Array.from({ length: count }, (_, number) => ({ label: `label ${number}` }))

describeOnEngines('Writes of many rows', (engine) => {
  let library: Library
  let dataSource: ModelDataSource
  let shelves: ModelRepository<Shelf>
  let books: ModelRepository<Book>
  let statements: string[]

  before(async () => {
    library = await openLibrary(engine)
    dataSource = library.dataSource
    shelves = dataSource.getRepository(Shelf)
    books = dataSource.getRepository(Book)
    dataSource.subscribers.push({ beforeQuery: ({ query }) => void statements.push(query) })
  })
  after(() => library?.close())
  beforeEach(async () => {
    statements = []
    await dataSource.query('DELETE FROM book')
    await dataSource.query('DELETE FROM shelf')
    statements = []
  })

  const verbs = () => statements.map((statement) => statement.trim().split(/\s/)[0]!.toUpperCase())

  it('take one statement where no rule needs the rows', async () => {
    await shelves.insert(labels(50))
    await shelves.update({ label: 'label 7' }, { label: 'seven' })
    await shelves.updateAll({ label: 'all' })
    const { id } = await shelves.findOneByOrFail({})
    statements = []
    await shelves.delete({ label: 'all' })
    await shelves.purge(id)
    expect(verbs()).to.deep.equal(['UPDATE', 'DELETE'])
  })

  it('take one read, and one statement for rows that get equal values', async () => {
    await books.insert(Array.from({ length: 40 }, (_, number) => ({ title: `title ${number}` })))
    statements = []
    await dataSource.atomic(() => books.updateAll({ pages: 10 }))
    const sent = verbs().filter((verb) => verb === 'SELECT' || verb === 'UPDATE')
    expect(sent).to.deep.equal(['SELECT', 'UPDATE'])
    expect(await books.countBy({ pages: 10, version: 2 })).to.equal(40)
  })

  it('stay under the limits of a statement', async () => {
    await shelves.insert(labels(1500))
    expect(await shelves.count()).to.equal(1500)
    expect(verbs().filter((verb) => verb === 'INSERT').length).to.be.greaterThan(1)
  })

  it('are undone as a whole when a later part fails', async () => {
    const { identifiers } = await shelves.insert({ label: 'taken' })
    const rows = [...labels(1000), { id: identifiers[0]!['id'] as string, label: 'again' }]
    expect(await shelves.insert(rows).catch((error: Error) => error)).to.be.instanceOf(Error)
    expect((await shelves.find()).map(({ label }) => label)).to.deep.equal(['taken'])
  })
})
