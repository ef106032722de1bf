export interface User {
  id: string;
  name: string;
  city: string;
}

/** Every third person goes by one name only, as many people do. */
const people = [
  ["Amina Diallo", "Dakar"],
  ["Jonas Weber", "Kiel"],
  ["Suharto", "Surabaya"],
  ["Mei Tanaka", "Osaka"],
  ["Luis Ortega", "Lima"],
  ["Parvati", "Pune"],
  ["Ingrid Solberg", "Bergen"],
  ["Tomas Novak", "Brno"],
  ["Wulandari", "Bandung"],
  ["Chidi Okafor", "Enugu"],
  ["Elena Rossi", "Turin"],
  ["Madonna", "Bay City"],
  ["Noor Haddad", "Amman"],
  ["Piotr Zielinski", "Gdynia"],
  ["Thant", "Yangon"],
  ["Grace Mwangi", "Nakuru"],
  ["Hugo Lefevre", "Nantes"],
  ["Aishwarya", "Mysuru"],
  ["Sofia Andersson", "Malmo"],
  ["Daniel Kim", "Busan"],
  ["Kartika", "Medan"],
  ["Rosa Almeida", "Porto"],
  ["Ivan Petrov", "Varna"],
  ["Teller", "Philadelphia"],
  ["Leila Karimi", "Shiraz"],
  ["Oscar Lind", "Turku"],
  ["Nandini", "Kochi"],
  ["Yara Costa", "Recife"],
  ["Felix Huber", "Graz"],
  ["Sukarno", "Blitar"],
] as const;

const directory = new Map<string, User>(
  people.map(([name, city], index) => [String(index + 1), { id: String(index + 1), name, city }]),
);

/** The users are numbered from "1"; undefined for any other id. */
export function findUser(id: string): User | undefined {
  return directory.get(id);
}
