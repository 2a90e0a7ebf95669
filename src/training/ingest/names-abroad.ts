/** What German, French and Dutch exports call our columns, as comparableName leaves it. */
const NAMES_ABROAD: Readonly<Record<string, string>> = {
  basket_id:
    'beleg belegnr belegnummer bon bonnr bonnummer kassenbon rechnung rechnungsnr rechnungsnummer bestellnr bestellnummer auftragsnr auftragsnummer transaktionsnummer nticket noticket numeroticket numerodeticket nfacture numerofacture numerodefacture facture ncommande numerocommande numerodecommande commande kassabon kassabonnummer factuur factuurnr factuurnummer bestelnr bestelnummer ordernummer transactienummer',
  product_id:
    'artikelnr artikelnummer artikelid produktnr produktnummer produktid codearticle codeproduit refarticle referencearticle refproduit referenceproduit narticle artikelcode productnr productnummer',
  name: 'artikel bezeichnung artikelbezeichnung artikelname produkt produktname produktbezeichnung designation designationarticle libelle libellearticle produit nomproduit nomduproduit omschrijving artikelomschrijving artikelnaam productnaam productomschrijving',
  sold_at:
    'datum belegdatum rechnungsdatum bestelldatum auftragsdatum verkaufsdatum kaufdatum datevente datedevente datecommande datedecommande datefacture datedefacture besteldatum orderdatum verkoopdatum factuurdatum bondatum',
  sold_time: 'uhrzeit zeit heure tijd tijdstip',
  quantity: 'menge anzahl stuck stuckzahl quantite qte aantal stuks hoeveelheid',
  unit_price: 'einzelpreis stuckpreis verkaufspreis preis prixunitaire prix stukprijs verkoopprijs prijs',
  unit_cost: 'einkaufspreis einstandspreis prixachat prixdachat inkoopprijs kostprijs',
  discount: 'rabatt remise korting',
  store_id:
    'filiale filialnr filialnummer magasin boutique filiaal filiaalnr filiaalnummer winkel winkelnummer',
  customer_id:
    'kunde kundennr kundennummer client nclient numeroclient codeclient klant klantnr klantnummer klantid',
  category: 'kategorie warengruppe categorie famille rayon artikelgroep productgroep',
  on_hand: 'bestand lagerbestand voorraad',
};

/** Columns of ours with their names in other languages last. */
export function withNamesAbroad<F extends { readonly name: string; readonly aliases: readonly string[] }>(
  fields: readonly F[],
): F[] {
  return fields.map((field) => {
    const abroad = NAMES_ABROAD[field.name]?.split(' ') ?? [];
    return { ...field, aliases: [...field.aliases, ...abroad] };
  });
}
