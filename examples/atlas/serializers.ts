import { Serializer } from 'plinth'
import { City } from './city.js'
import { Country } from './country.js'

export class CountrySerializer extends Serializer(Country, {
  fields: ['id', 'code', 'name', 'officialName', 'capital', 'region', 'area', 'latitude', 'longitude', 'createdAt'],
  createOnly: ['code'],
}) {}

export class CitySerializer extends Serializer(City, {
  fields: ['id', 'name', 'population', 'latitude', 'longitude', 'countryId', 'createdAt', 'updatedAt'],
}) {}
