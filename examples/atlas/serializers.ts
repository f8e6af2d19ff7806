import { extendSerializer, Serializer } from 'plinth'
import { City } from './city.js'
import { Country } from './country.js'

export class CountrySerializer extends Serializer(Country, {
  fields: [
    'id',
    'slug',
    'code',
    'name',
    'officialName',
    'capital',
    'region',
    'area',
    'latitude',
    'longitude',
    'metadata',
    'version',
    'createdAt',
  ],
  createOnly: ['code'],
}) {}

export class CitySerializer extends Serializer(City, {
  fields: [
    'id',
    'slug',
    'name',
    'population',
    'position',
    'latitude',
    'longitude',
    'countryId',
    'createdAt',
    'updatedAt',
  ],
}) {}

/** Of cities whose country the path names. */
export class CityOfCountrySerializer extends extendSerializer(CitySerializer, {
  fields: ['countryId'],
  readOnly: ['countryId'],
}) {}
