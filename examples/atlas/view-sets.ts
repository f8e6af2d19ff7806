import { IsInt, Max, Min } from 'class-validator'
import { anyone, BulkActionMixin, ModelViewSet, type RowCall, role } from 'plinth'
import { Action, CacheResponse, Resource, SoftDeleteViewSetMixin } from 'plinth/decorators'
import { City } from './city.js'
import { Country } from './country.js'
import { CityOfCountrySerializer, CitySerializer, CountrySerializer } from './serializers.js'
import { CityService, CountryService } from './services.js'
import { cityExamples, countryExamples } from './shown.js'

const editor = role('editor')

const Countries = ModelViewSet(Country, {
  lookup: 'slug',
  serializer: CountrySerializer,
  service: CountryService,
  idempotency: 'optional',
  examples: countryExamples,
  permissions: { list: anyone, retrieve: anyone, '*': editor },
})

/** Countries by their slugs. Their list is kept until one of them is written, for five minutes at most. */
@Resource('/countries')
@CacheResponse({ timeout: 300, vary: 'public', actions: ['list'] })
export class CountryViewSet extends SoftDeleteViewSetMixin(Countries, {
  allow: { trash: editor, restore: editor, purge: editor },
}) {}

export class Correction {
  /** How many people more, or fewer. */
  @IsInt()
  @Min(-1_000_000)
  @Max(1_000_000)
  by!: number
}

/** Cities that can be moved in the lists of their countries. */
const Cities = ModelViewSet(City, {
  filters: {
    name: ['eq', 'startswith'],
    population: ['gte', 'lt'],
    country: ['eq', 'in'],
    'country.code': ['eq', 'in'],
    'country.region': ['eq'],
  },
  search: ['name', 'country.name'],
  ordering: ['name', 'population', 'country.name'],
  defaultOrdering: ['-population'],
  pagination: { style: 'cursor' },
  serializer: CitySerializer,
  examples: cityExamples,
  service: CityService,
  permissions: { list: anyone, retrieve: anyone, '*': editor },
  verbs: { moveTo: editor, moveToTop: editor },
})

/** Cities that can be written many at once. */
const ManyCities = BulkActionMixin(Cities, {
  permissions: { create: editor, update: editor, delete: editor },
  max: 100,
})

@Resource('/cities')
export class CityViewSet extends SoftDeleteViewSetMixin(ManyCities, {
  allow: { trash: editor, restore: editor, purge: editor },
}) {
  @Action({
    method: 'post',
    on: 'row',
    path: 'correct-population',
    body: Correction,
    allow: editor,
    answers: 'row',
    problems: { NOT_ENOUGH_PEOPLE: 400 },
    examples: { body: { census: { by: 12 } } },
  })
  async correctPopulation({ row, body }: RowCall<City, Correction>) {
    return this.service.correctPopulation(row, body.by)
  }
}

/**
 * The cities of the country that the path names, by their slugs, which are unique within it. Who asks by a former slug of
 * either is led to the present one; a new city is the country's.
 */
@Resource('/countries/:country/cities')
export class CitiesOfCountryViewSet extends ModelViewSet(City, {
  parent: { relation: 'country', by: 'slug' },
  lookup: 'slug',
  serializer: CityOfCountrySerializer,
  examples: cityExamples,
  service: CityService,
  only: ['list', 'retrieve', 'create', 'partialUpdate'],
  permissions: { list: anyone, retrieve: anyone, '*': editor },
  defaultOrdering: ['position'],
}) {}
