import { ModelService } from 'plinth'
import type { SoftDeletable } from 'plinth/decorators'

export declare class City {
  id: number
  name: string
}

export declare class Note {
  id: string
}
export interface Note extends SoftDeletable {}

class Cities extends ModelService(City) {}
export declare const cities: Cities

export declare class Mailer {
  send(to: string): Promise<void>
}
