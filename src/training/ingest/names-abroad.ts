/** What German, French and Dutch exports call our columns, as comparableName leaves it; numbers before bare words, which may be names. */
const NAMES_ABROAD: Readonly<Record<string, string>> = {
  basket_id:
    'belegnr belegnummer bonnr bonnummer rechnungsnr rechnungsnummer bestellnr bestellnummer auftragsnr auftragsnummer transaktionsnummer nticket noticket numeroticket numerodeticket nfacture numerofacture numerodefacture ncommande numerocommande numerodecommande kassabonnummer factuurnr factuurnummer bestelnr bestelnummer ordernummer transactienummer beleg bon kassenbon rechnung facture commande kassabon factuur',
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
    'filialnr filialnummer filiaalnr filiaalnummer winkelnummer filiale magasin boutique filiaal winkel',
  customer_id:
    'kundennr kundennummer nclient numeroclient codeclient klantnr klantnummer klantid kunde client klant',
  category: 'kategorie warengruppe categorie famille rayon artikelgroep productgroep',
  on_hand: 'bestand lagerbestand voorraad',
};

/** @param field name of ours */
export function namesAbroad(field: string): readonly string[] {
  return NAMES_ABROAD[field]?.split(' ') ?? [];
}
