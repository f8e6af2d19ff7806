import { ModelService } from 'plinth'

export declare class City {
  id: number
  name: string
}

class Cities extends ModelService(City) {}
export declare const cities: Cities

export declare class Mailer {
  send(to: string): Promise<void>
}
