import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import {
  anyone,
  type Constructor,
  DefinitionError,
  type ModelDataSource,
  ModelViewSet,
  PaginationMixin,
  ViewSet,
} from 'plinth'
import { createApp } from 'plinth/container'
import { Resource } from 'plinth/decorators'
import { serve } from '../http/support/served.js'
import { Book, BookSerializer, createLibrary } from '../serializer/library.js'
import { type Database, engines } from '../support/engines.js'
import { root } from '../support/sources.js'
import { applications, declarations, type Misspelt, traits } from './misspelt.js'
import { callsOn } from './misspelt-calls.js'

const permissions = { '*': anyone } as const

/** The public types of options that no program looks at, and why. */
const byTypesAlone: Readonly<Record<string, string>> = {
  AppExceptionOptions: 'an error that is refused would hide what it tells',
  RateLimitedErrorOptions: 'an error that is refused would hide what it tells',
  FailureOptions: 'a failure that is refused would hide what it tells',
  EngineOptions: 'options of TypeORM, and of its drivers',
  SqliteOptions: 'options of TypeORM, and of its drivers',
}

const mistakesOf = (error: unknown) => {
  expect(error).to.be.instanceOf(DefinitionError)
  return (error as DefinitionError).mistakes
}
/** What is thrown by work, at once or later. */
const thrownBy = async (work: () => unknown): Promise<unknown> => {
  try {
    await work()
  } catch (error) {
    return error
  }
  return undefined
}

describe('Options that are misspelt, and types that were silenced', () => {
  let database: Database
  let dataSource: ModelDataSource
  const calls = callsOn(() => dataSource)

  before(async () => {
    ;({ database, dataSource } = await createLibrary(engines[0]!))
  })
  after(async () => {
    await dataSource.destroy()
    await database.drop()
  })

  const tables: Readonly<Record<string, Readonly<Record<string, Misspelt>>>> = {
    'a trait': traits,
    'a declaration': declarations,
    'an application': applications,
    'a call': calls,
  }
  for (const [kind, table] of Object.entries(tables)) {
    for (const [what, { give, subject, problem, remedy }] of Object.entries(table)) {
      it(`are named with their place, and with what was most likely meant, in ${kind}: ${what}`, async () => {
        const all = mistakesOf(await thrownBy(give))
        const [mistake, ...others] = all.filter((one) => one.code === 'E_OPTION').slice(-1)
        expect(others).to.deep.equal([])
        const { places, ...told } = mistake!
        expect(told).to.deep.equal({ code: 'E_OPTION', subject, problem, remedy })
        expect(places).to.have.length(1)
        expect(places.join()).to.match(/spec\/options\/misspelt/)
      })
    }
  }

  it('are looked for in every public type of options, but for those that types alone refuse', () => {
    const indexes = ['src', 'decorators', 'container', 'testing'].map((folder) => join(root, folder, 'index.ts'))
    const text = indexes.map((file) => readFileSync(file, 'utf8')).join('\n')
    const names = [...text.matchAll(/\b[A-Z]\w*(?:Options|Declaration|JsonLimits|ExcerptBounds)\b/g)].map(
      ([name]) => name,
    )
    const about = Object.values(tables).flatMap((table) => Object.values(table).flatMap((row) => row.about))
    const unknown = [...new Set(names)].filter((name) => !about.includes(name) && !(name in byTypesAlone))
    expect(names).to.include.members(['PruneOptions', 'RateLimitOptions', 'OpenApiOptions', 'BehaviourOptions'])
    expect(unknown).to.deep.equal([])
  })

  it('are all named at once where an application is given several', async () => {
    const options = { dataSource, viewSets: [], viewsets: [], middlewares: [] } as never
    const error = await thrownBy(() => createApp(options))
    expect(mistakesOf(error).map(({ code, problem }) => [code, problem])).to.deep.equal([
      ['E_OPTION', 'it has no option "viewsets".'],
      ['E_OPTION', 'it has no option "middlewares".'],
    ])
  })

  const refused = async (viewSet: Constructor) => {
    const failure = await serve({ viewSets: [viewSet], dataSource }).catch((error: unknown) => error)
    return mistakesOf(failure).map(({ code, subject, problem, remedy }) => [code, subject, problem, remedy])
  }

  it('do not start with a path that has no slash in front', async () => {
    @Resource('books' as never)
    class Slashless extends ModelViewSet(Book, { serializer: BookSerializer, permissions }) {}
    expect(await refused(Slashless)).to.deep.equal([
      ['E_RESOURCE', 'Slashless', 'its path "books" has no slash in front.', "Write @Resource('/books')."],
    ])
  })

  it('cannot cut lists of what has no entity into pages', async () => {
    const error = await thrownBy(() => PaginationMixin(ViewSet as never, { style: 'page' }))
    expect(mistakesOf(error).map(({ code, subject }) => [code, subject])).to.deep.equal([
      ['E_VIEWSET', 'PaginationMixin'],
    ])
  })
})
