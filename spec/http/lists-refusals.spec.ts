import { expect } from 'chai'
import * as fc from 'fast-check'
import type { FieldError, ModelDataSource } from 'plinth'
import { ValidationError } from 'plinth'
import { compileQueryReader } from '../../src/http/query/query-reader.js'
import { type Database, describeOnEngines, engines } from '../support/engines.js'
import { describeOnDrivers } from '../support/http.js'
import { composedLists } from './support/composed-lists.js'
import { CensusViewSet, createGazetteer, StateViewSet, TownViewSet, WalkViewSet } from './support/gazetteer.js'
import { errorsIn, type Served, serve } from './support/served.js'

const many = (count: number, value: string) => Array.from({ length: count }, () => value).join(',')

describeOnDrivers('Questions to lists', (serving) => {
  let database: Database
  let dataSource: ModelDataSource
  let served: Served

  before(async () => {
    ;({ dataSource, database } = await createGazetteer(engines[0]!))
    served = await serve({ viewSets: [TownViewSet, StateViewSet, CensusViewSet], dataSource, serving })
  })

  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })

  const operators = ['', '__ne', '__in', '__lt', '__lte', '__gt', '__gte']
  const filters = ['name', 'people', 'budget']
    .flatMap((name) => operators.map((operator) => `${name}${operator}=1`))
    .join('&')

  const refused: Readonly<Record<string, string>> = {
    'nam=x': 'nam unknown_parameter',
    'name__like=x': 'name__like unknown_parameter',
    'password=x': 'password unknown_parameter',
    'state.secret=x': 'state.secret unknown_parameter',
    'cursor=x': 'cursor unknown_parameter',
    'people=1&people=2': 'people repeated',
    'people=1.5': 'people type',
    'people=%2B1': 'people type',
    'people=2147483648': 'people range',
    'people=': 'people type',
    'people__in=1,,2': 'people__in type',
    'people__range=1': 'people__range range',
    'people__range=1,2,3': 'people__range range',
    'people__isnull=1': 'people__isnull type',
    'capital=True': 'capital type',
    'founded=2026-02-30': 'founded date',
    'size=huge': 'size enum',
    'budget=1,5': 'budget type',
    'budget=1.234': 'budget range',
    'serial=1e3': 'serial type',
    'height__lt=1e999': 'height__lt type',
    'bridges=twelve': 'bridges type',
    'state=x': 'state type',
    'name__contains=': 'name__contains empty',
    'name=%00': 'name nul',
    'search=%00': 'search nul',
    [`name=${'x'.repeat(81)}`]: 'name max_length',
    [`name__contains=${'x'.repeat(1025)}`]: 'name__contains max_length',
    [`people__in=${many(101, '1')}`]: 'people__in max_items',
    'search=a+bc': 'search min_length',
    'search=aa+bb+cc+dd+ee+ff': 'search max_items',
    'ordering=nam': 'ordering unknown_field',
    'ordering=': 'ordering unknown_field',
    'ordering=password': 'ordering unknown_field',
    'ordering=name,-name': 'ordering repeated',
    'ordering=name,people,budget,size': 'ordering max_items',
    [filters]: 'budget__gte too_many_filters',
  }
  for (const [query, expected] of Object.entries(refused)) {
    it(`are refused for ${query.slice(0, 60)}`, async () => {
      const answer = await served.request('GET', `/towns?${query}`)
      expect([answer.status, ...errorsIn(answer)]).to.deep.equal([400, expected])
    })
  }

  it('are told the nearest name, in a problem document', async () => {
    const { headers, body } = await served.request('GET', '/towns?peple__gte=1&ordering=-nmae')
    expect(headers.get('content-type')).to.equal('application/problem+json; charset=utf-8')
    expect({ ...body, requestId: '' }).to.deep.equal({
      type: 'urn:problem:validation_error',
      title: 'Validation error',
      status: 400,
      code: 'VALIDATION_ERROR',
      detail: '2 query parameters are invalid.',
      instance: '/towns',
      requestId: '',
      errors: [
        {
          parameter: 'peple__gte',
          code: 'unknown_parameter',
          message: 'is not known here; did you mean "people__gte"?',
        },
        { parameter: 'ordering', code: 'unknown_field', message: 'cannot order by "nmae"; did you mean "name"?' },
      ],
    })
  })

  it('about what a caller may not read are refused as if it were not there', async () => {
    const asked = async (query: string, as?: string) => {
      const answer = await served.request('GET', `/census?${query}`, { ...(as !== undefined && { as }) })
      return [answer.status, ...errorsIn(answer)]
    }
    expect(await asked('people__gt=1', 'ada:admin')).to.deep.equal([200])
    expect(await asked('ordering=-people', 'ada:admin')).to.deep.equal([200])
    expect(await asked('people__gt=1', 'bob')).to.deep.equal([400, 'people__gt unknown_parameter'])
    expect(await asked('people__gt=1')).to.deep.equal([400, 'people__gt unknown_parameter'])
    expect(await asked('ordering=-people')).to.deep.equal([400, 'ordering unknown_field'])
    expect(await asked('peple__gt=1')).to.deep.equal([400, 'peple__gt unknown_parameter'])
    expect((await served.request('GET', '/census?peple__gt=1')).text).to.not.include('did you mean')
  })

  it('are not read beyond 8 KiB', async () => {
    const { status, body } = await served.request('GET', `/towns?name__contains=${'x'.repeat(8192)}`)
    expect([status, body['code']]).to.deep.equal([414, 'ADDRESS_TOO_LONG'])
  })
})

const errorsOf = (query: string, withheld: readonly string[]): readonly FieldError[] => {
  const { parameters, checks } = composedLists()
  try {
    compileQueryReader(parameters, checks)(query, new Set(withheld))
  } catch (error) {
    return (error as ValidationError).errors
  }
  return []
}

describe('What is withheld', () => {
  it('can be neither filtered nor ordered by, and looks as if it were not there', () => {
    expect(errorsOf('people=1&ordering=people', [])).to.deep.equal([])
    expect(errorsOf('people=1&ordering=people', ['people'])).to.deep.equal([
      { parameter: 'people', code: 'unknown_parameter', message: 'is not known here' },
      { parameter: 'ordering', code: 'unknown_field', message: 'cannot order by "people"' },
    ])
    expect(errorsOf('state.name=x', ['state'])).to.have.length(1)
    expect(errorsOf('state=1', ['stateId'])).to.have.length(1)
  })

  it('is not searched, and where nothing is left there is no search', () => {
    expect(errorsOf('search=word', ['name'])).to.deep.equal([])
    expect(errorsOf('search=word', ['name', 'state'])).to.deep.equal([
      { parameter: 'search', code: 'unknown_parameter', message: 'is not known here' },
    ])
  })
})

describeOnEngines('Whatever lists are asked', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let served: Served

  before(async () => {
    ;({ dataSource, database } = await createGazetteer(engine))
    served = await serve({ viewSets: [TownViewSet, StateViewSet, WalkViewSet], dataSource })
  })

  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })

  it('is answered, or refused', async () => {
    const { parameters } = composedLists()
    const name = fc.constantFrom(...parameters.map(({ name }) => name))
    const value = fc.oneof(
      fc.constantFrom(
        '1',
        '-1',
        '0',
        'true',
        'false',
        'small',
        '2026-01-31',
        '1.50',
        '1,2',
        '9223372036854775807',
        '1e308',
      ),
      fc.constantFrom(
        'name',
        '-people,name',
        "'",
        '\\',
        '%',
        '_',
        '[',
        ']',
        '*',
        '^',
        '$',
        '(',
        '!',
        '\\z',
        '?',
        'x y',
      ),
      fc.string({ unit: 'grapheme', maxLength: 12 }),
      fc.string({
        unit: fc.constantFrom(
          '\\',
          '[',
          ']',
          '*',
          '?',
          '%',
          '!',
          '.',
          '+',
          '^',
          '$',
          '{',
          '}',
          '(',
          ')',
          '|',
          '-',
          'a',
          'É',
          '🙂',
          ',',
          '\n',
        ),
      }),
    )
    const query = fc
      .uniqueArray(fc.tuple(name, value), { maxLength: 4, selector: ([name]) => name })
      .map((pairs) => pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&'))
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('/towns', '/walk', '/states'), query, async (path, text) => {
        const { status, body } = await served.request('GET', `${path}?${text}`)
        expect(status, JSON.stringify(body)).to.be.oneOf([200, 400])
      }),
      { numRuns: 150 },
    )
  })
})
