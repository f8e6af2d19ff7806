import { IsInt, Max, Min } from 'class-validator'
import { anyone, ModelViewSet, type RowCall, role } from 'plinth'
import { Action, Resource } from 'plinth/decorators'
import { City } from './city.js'
import { Country } from './country.js'
import { CitySerializer, CountrySerializer } from './serializers.js'
import { CityService, CountryService } from './services.js'

const editor = role('editor')

@Resource('/countries')
export class CountryViewSet extends ModelViewSet(Country, {
  serializer: CountrySerializer,
  service: CountryService,
  permissions: { list: anyone, retrieve: anyone, '*': editor },
}) {}

export class Correction {
  /** How many people more, or fewer. */
  @IsInt()
  @Min(-1_000_000)
  @Max(1_000_000)
  by!: number
}

@Resource('/cities')
export class CityViewSet extends ModelViewSet(City, {
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
  service: CityService,
  permissions: { list: anyone, retrieve: anyone, '*': editor },
}) {
  @Action({ method: 'post', on: 'row', path: 'correct-population', body: Correction, allow: editor })
  async correctPopulation({ row, body }: RowCall<City, Correction>) {
    return this.service.correctPopulation(row, body.by)
  }
}
