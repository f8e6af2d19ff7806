import { expect } from 'chai'
import {
  anyone,
  createDataSource,
  DefinitionError,
  type Logger,
  type ModelDataSource,
  ModelViewSet,
  type SearchProvider,
  silentLogger,
  type ViewSetModel,
} from 'plinth'
import { Resource } from 'plinth/decorators'
import { engines } from '../support/engines.js'
import { applicationOf } from '../support/http.js'
import { countingViewSet, State, Tongue, Town, TownSerializer } from './support/gazetteer.js'

type Told = Partial<Pick<ViewSetModel, 'filters' | 'search' | 'ordering' | 'defaultOrdering' | 'pagination'>>

const refused = (make: () => unknown) => {
  try {
    make()
  } catch (error) {
    return (error as DefinitionError).mistakes.map(({ code, problem }) => `${code} ${problem}`)
  }
  return []
}

describe('Lists that are a mistake', () => {
  let dataSource: ModelDataSource

  before(async () => {
    const { options } = await engines[0]!.create()
    dataSource = await createDataSource({ ...options, entities: [Town, State, Tongue] }).initialize()
  })

  after(() => dataSource?.destroy())

  /** The types refuse nearly all of these, so they are silenced. */
  function viewSetOf(told: Told) {
    @Resource('/x')
    class Towns extends ModelViewSet(Town, {
      serializer: TownSerializer,
      permissions: { '*': anyone },
      ...(told as object),
    }) {}
    return Towns
  }

  function mistakesOf(told: Told): readonly string[] {
    try {
      applicationOf({ viewSets: [viewSetOf(told)], dataSource })
    } catch (error) {
      expect(error).to.be.instanceOf(DefinitionError)
      return (error as DefinitionError).mistakes.map(({ code, problem, places, remedy }) => {
        expect(places.join()).to.match(/list-mistakes\.spec\.\w+:\d+/)
        expect(remedy).to.not.equal('')
        return `${code} ${problem}`
      })
    }
    return []
  }

  const cases: readonly (readonly [Told, string])[] = [
    [{ filters: { nam: ['eq'] } }, 'E_FILTER its filter "nam" names "nam", which Town does not have.'],
    [{ filters: { 'state.nam': ['eq'] } }, 'E_FILTER its filter "state.nam" names "nam", which State does not have.'],
    [
      { filters: { 'state.towns.state.name': ['eq'] } },
      'E_FILTER its filter "state.towns.state.name" leads through more than 2 relations.',
    ],
    [
      { filters: { password: ['eq'] } },
      'E_FILTER its filter "password" is not shown by the serializer: callers would find out what they may not read.',
    ],
    [
      { filters: { 'state.secret': ['eq'] } },
      'E_FILTER its filter "state.secret" is hidden: callers would find out what they may not read.',
    ],
    [{ filters: { people: ['contains'] } }, 'E_FILTER its filter "people" cannot be asked "contains".'],
    [{ filters: { height: ['eq'] } }, 'E_FILTER its filter "height" cannot be asked "eq".'],
    [{ filters: { 'state.tongues': ['ne'] } }, 'E_FILTER its filter "state.tongues" cannot be asked "ne".'],
    [{ filters: { people: [] } }, 'E_FILTER its filter "people" has no operators.'],
    [
      { filters: { 'facts.river': ['eq'] } },
      'E_FILTER its filter "facts.river" looks into JSON, whose members have no type.',
    ],
    [{ filters: { facts: ['eq'] } }, 'E_FILTER its filter "facts" cannot be compared.'],
    [{ filters: { 'name.first': ['eq'] } }, 'E_FILTER its filter "name.first" looks into "name", which is no JSON.'],
    [
      { filters: { name: { operators: ['eq'], as: 'page' } } },
      'E_FILTER its filter "name" would be the parameter "page", which means something else in every list.',
    ],
    [
      { filters: { people: ['eq'], name: { operators: ['eq'], as: 'people' } } },
      'E_FILTER its filter "name" would be the parameter "people", which has another filter.',
    ],
    [{ ordering: ['state.tongues.name'] }, 'E_ORDERING its ordering by "state.tongues.name" leads to several rows.'],
    [
      { ordering: ['password'] },
      'E_ORDERING its ordering by "password" is not shown by the serializer: callers would find out what they may not read.',
    ],
    [
      { ordering: ['state.secret'] },
      'E_ORDERING its ordering by "state.secret" is hidden: callers would find out what they may not read.',
    ],
    [
      { search: ['password'] },
      'E_SEARCH its search of "password" is not shown by the serializer: callers would find out what they may not read.',
    ],
    [
      { search: ['state.secret'] },
      'E_SEARCH its search of "state.secret" is hidden: callers would find out what they may not read.',
    ],
    [{ ordering: ['facts'] }, 'E_ORDERING its ordering by "facts" has no order.'],
    [{ defaultOrdering: ['-facts'] }, 'E_ORDERING its ordering by "facts" has no order.'],
    [{ search: ['people'] }, 'E_SEARCH its search of "people" is no text.'],
    [{ search: [] }, 'E_SEARCH its search has no fields.'],
    [{ search: ['name', 'name'] }, 'E_SEARCH its search names "name" twice.'],
    [{ ordering: ['name', 'name'] }, 'E_ORDERING its ordering names "name" twice.'],
    [{ defaultOrdering: ['name', '-name'] }, 'E_ORDERING its ordering names "name" twice.'],
    [{ filters: { people: ['gt', 'gt'] } }, 'E_FILTER its filter "people" can be asked "gt" twice.'],
    [
      { filters: { name: { operators: ['eq'], as: 'a b' } } },
      'E_FILTER its filter "name" would be the parameter "a b", which is no name.',
    ],
    [
      { filters: { name: { operators: ['eq'], as: 'people__gt' }, people: ['gt'] } },
      'E_FILTER its filter "people" would be the parameter "people__gt", which has another filter.',
    ],
  ]
  for (const [told, mistake] of cases) {
    it(`are told: ${mistake}`, () => expect(mistakesOf(told)).to.deep.equal([mistake]))
  }

  it('search in a way that the engine does not have', () => {
    const provider: SearchProvider = { name: 'words', engines: ['postgres'], matches: () => '1=1' }
    expect(mistakesOf({ search: { fields: ['name'], provider } })).to.deep.equal([
      'E_SEARCH its search "words" does not work on better-sqlite3.',
    ])
  })

  it('may order by what callers do not see, where they cannot choose it', () => {
    expect(mistakesOf({ defaultOrdering: ['password'] })).to.deep.equal([])
  })

  it('count up to nothing, or sign with a key that can be guessed', () => {
    const viewSets = [countingViewSet('/x', { style: 'page', count: { capped: 0 } })]
    expect(refused(() => applicationOf({ viewSets, dataSource }))).to.deep.equal([
      'E_PAGINATION rows are counted up to 0; it must be a whole number from 1.',
    ])
    expect(refused(() => applicationOf({ viewSets: [], dataSource, cursorKeys: ['short'] }))).to.deep.equal([
      'E_CURSOR_KEY it has fewer than 32 characters, and might be guessed.',
    ])
  })

  const pagination = (given: object) =>
    refused(() => applicationOf({ viewSets: [countingViewSet('/x', given as never)], dataSource }))
  it('are cut or counted in a way that there is not', () => {
    expect(pagination({ style: 'offset' })).to.deep.equal([
      'E_PAGINATION pages are cut by "offset"; it must be "page" or "cursor".',
    ])
    expect(pagination({ style: 'page', count: 'some' })).to.deep.equal([
      'E_PAGINATION rows are counted by "some"; it must be exact, capped, estimate, none or { capped: n }.',
    ])
    expect(pagination({ style: 'cursor', count: 'exact' })).to.deep.equal([
      'E_PAGINATION rows are counted, but who reads on from a cursor is told no number.',
    ])
    expect(pagination({ style: 'page', sealed: true })).to.deep.equal([
      'E_PAGINATION it has no cursors that could be sealed.',
    ])
  })

  it('are warned of where no index helps, and where cursors do not last', () => {
    const heard: unknown[] = []
    const logger: Logger = { ...silentLogger, warn: (message, fields) => void heard.push([message, fields]) }
    const viewSet = viewSetOf({
      filters: { name: ['eq'], people: ['gt'], budget: ['isnull'] },
      ordering: ['founded'],
      pagination: { style: 'cursor' },
    })
    applicationOf({ viewSets: [viewSet], dataSource, logger })
    expect(heard).to.deep.equal([
      [
        'Cursors of lists last as long as this process, and no other process takes them: give the application `cursorKeys`.',
        undefined,
      ],
      [
        'Lists can be filtered or ordered by columns that no index begins with.',
        { viewSet: 'Towns', columns: ['people', 'founded'] },
      ],
    ])
  })
})
