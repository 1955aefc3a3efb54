"""Names written in Latin letters, by culture; see `names.Culture` for the notation."""

from __future__ import annotations

from enrollment_portal.demo.people.names import Culture

LATIN: tuple[Culture, ...] = (
    Culture(
        "Swedish",
        14,
        "Anna Åsa Björn Erik Karin Lars Linnéa Mattias Sofia Göran Elsa Gustav Märta Nils Oskar"
        " Petra Signe Viktor Ylva Östen Maja Anton Hedvig Jonas Kerstin Håkan Ebba Axel",
        "Svensson Lindström Åkesson Bergström Dahlgren Ekström Forsberg Granqvist Hallström"
        " Isaksson Jönsson Källström Lundqvist Malmgren Nyström Öberg Påhlsson Rönnberg Sjögren"
        " Törnqvist Wallin Ångström Hägg Blomqvist Sandell Norén Wikström Engdahl",
        middle=True,
    ),
    Culture(
        "Norwegian",
        4,
        "Ådne Bjørn Eirik Gro Håvard Ingeborg Jørgen Kåre Liv Marit Nora Øystein Ragnhild"
        " Sigrid Solveig Sindre Tuva Vegard Åse Torbjørn Astrid Magnus Synnøve Leif",
        "Hansen Bjørnstad Dahl Engebretsen Fjeldstad Grønvold Haugen Kjærstad Lillebø Myhre"
        " Nygård Ødegård Pettersen Rønning Sæther Tveit Ulvestad Vågen Aasen Bråten Strømme"
        " Moen Skjelbred Løkken",
        middle=True,
    ),
    Culture(
        "Danish",
        4,
        "Søren Kirsten Jørn Mette Rasmus Freja Mikkel Signe Bjarke Dorthe Emil Gitte Jeppe"
        " Lærke Mads Nanna Ole Pernille Troels Ulla Asger Bodil Kjeld Tove",
        "Jensen Nielsen Sørensen Rasmussen Jørgensen Kjær Mølgaard Nørgaard Østergaard Toft"
        " Vestergaard Bæk Dyhr Frandsen Gylling Højlund Iversen Krogh Lauridsen Munk Overgaard"
        " Præst Skovgaard Thorup",
    ),
    Culture(
        "Finnish",
        4,
        "Aino Eero Hanna Ilkka Jaana Kaisa Lauri Mika Noora Onni Päivi Riikka Sami Taina Veikko"
        " Väinö Yrjö Äijö Anneli Juhani Satu Timo Marjo Pekka",
        "Virtanen Mäkinen Nieminen Hämäläinen Järvinen Koskinen Lehtonen Mäkelä Niskanen Ojala"
        " Pääkkönen Räsänen Salminen Tähtinen Väisänen Ylönen Hyvönen Kärkkäinen Laaksonen"
        " Peltonen Rautio Saarela Tuominen Vainio",
    ),
    Culture(
        "Icelandic women",
        1,
        "Björk Guðrún Sigríður Þórdís Ásta Hrafnhildur Ragnheiður Sólveig Þóra Unnur Kristín Eyrún",
        "Jónsdóttir Sigurðardóttir Guðmundsdóttir Þórsdóttir Einarsdóttir Ásgeirsdóttir"
        " Kristjánsdóttir Björnsdóttir",
    ),
    Culture(
        "Icelandic men",
        1,
        "Guðmundur Sigurður Þór Ólafur Einar Ásgeir Bjarni Hallgrímur Jökull Snorri Ægir Örn",
        "Jónsson Sigurðsson Guðmundsson Þórsson Einarsson Ásgeirsson Kristjánsson Björnsson",
    ),
    Culture(
        "British and Irish",
        8,
        "Alice Benjamin Charlotte Daniel Eleanor Fiona George Harriet Isla James Kathleen Liam"
        " Mary Niamh Oliver Poppy Quentin Rebecca Seán Thomas Úna Violet William Zoë Aoife Rhys",
        "Adams Baker Campbell Davies Edwards Fletcher Graham Hughes Irving Jones Kelly Lewis"
        " MacDonald Nolan O'Brien Parker Quinn Roberts Smith Taylor Underwood Vaughan Walker"
        " Young O'Connor Fitzgerald Whitfield Hargreaves",
        middle=True,
    ),
    Culture(
        "German",
        7,
        "Jürgen/juergen Käthe/kaethe Lukas Björn/bjoern Sabine Günther/guenther Jörg/joerg"
        " Ulrike Matthias Hannelore Friedrich Anke Dieter Greta Heike Ingo Klara Lothar Miriam"
        " Niklas Regina Sören/soeren Tanja Wolfgang Jana Felix",
        "Müller/mueller Weiß/weiss Groß/gross Schäfer/schaefer Köhler/koehler Strauß/strauss"
        " Krüger/krueger Jäger/jaeger Böhm/boehm Schröder/schroeder Fuchs Hoffmann Kaiser Lange"
        " Neumann Preuß/preuss Richter Seidel Vogel Zimmermann Brückner/brueckner"
        " Großmann/grossmann Hübner/huebner Voß/voss Keßler/kessler Wolff",
        middle=True,
    ),
    Culture(
        "Dutch",
        3,
        "Anouk Bram Daan Femke Gijs Hendrik Iris Joost Kees Lotte Maarten Noor Pieter Roos"
        " Sander Tess Willem Zoë Jurriën Renée",
        "de_Vries van_den_Berg van_Dijk Bakker Janssen Visser Smit Meijer de_Boer Mulder Bos"
        " Vos Peters Hendriks van_Leeuwen Dekker Brouwer de_Wit Dijkstra Kuipers",
    ),
    Culture(
        "French",
        4,
        "Amélie Benoît Chloé Désirée Étienne François Gaëlle Hélène Inès Jérôme Léa Maëlle Noël"
        " Océane Pascal Raphaël Solène Théo Valérie Zoé Aurélien Clémence Loïc Mégane",
        "Lefèvre Béranger Chauvet Dubois Fournier Gérard Hébert Lemaître Marchand Noël Perrin"
        " Renaud Séguin Thévenet Vasseur Ançel Brûlé Côté Delaunay Forêt Gauthier Marçais"
        " Rousseau Vallée",
        middle=True,
    ),
    Culture(
        "Spanish",
        5,
        "Álvaro Begoña Carmen Diego Estefanía Fermín Guadalupe Héctor Inés Joaquín Lucía Martín"
        " Nuria Óscar Pilar Raúl Sofía Tomás Ximena Íñigo Verónica Andrés Belén Ramón",
        "García_Núñez Fernández Muñoz Ibáñez Peña Gutiérrez Álvarez Domínguez Castañeda Vázquez"
        " Ortega_Ríos Jiménez Herrera Márquez Ruiz_Soler Sánchez Zúñiga Córdoba Rincón Molina"
        " Navarro Quiñones Benítez Villaseñor",
    ),
    Culture(
        "Portuguese and Brazilian",
        4,
        "João Conceição Gonçalo Inês Mônica Tiago Luísa Sebastião Beatriz Caetano Débora"
        " Estêvão Flávia Guilherme Helena Íris Júlio Lívia Márcio Natália Otávio Patrícia"
        " Renato Vitória",
        "Araújo Brandão Conceição Magalhães Gonçalves Guimarães Leitão Simões Assunção Falcão"
        " Queirós Ribeiro_Lobão Sampaio Teixeira Vilaça Figueirêdo Barbosa Cortês Damião"
        " Esteves Lourenço Marçal Nóbrega Patrício",
    ),
    Culture(
        "Italian",
        4,
        "Niccolò Chiara Fabrizio Giulia Lorenzo Martina Nicolò Ornella Paolo Rossella Salvatore"
        " Teresa Umberto Viola Alessia Bruno Cecilia Donato Elena Franco",
        "Rossi Ferrari Esposito Bianchi Colombo D'Angelo Greco Marino Conti De_Luca Costa"
        " Giordano Mancini Rizzo Lombardi Moretti Barbieri Fontana Santoro Caruso",
    ),
    Culture(
        "Polish women",
        3,
        "Agnieszka Bożena Danuta Elżbieta Gabriela Halina Iwona Jadwiga Katarzyna Łucja"
        " Małgorzata Żaneta Róża Stanisława Wiesława Zofia Świętosława Mirosława",
        "Kowalska Wiśniewska Wójcik Kamińska Zielińska Szymańska Woźniak Dąbrowska Jabłońska"
        " Krawczyk Łukasik Śliwińska Żurawska Pawłowska Gołębiowska Brzęczyszczykiewicz",
    ),
    Culture(
        "Polish men",
        3,
        "Łukasz Paweł Grzegorz Wojciech Zbigniew Michał Krzysztof Bartłomiej Jędrzej Mieczysław"
        " Stanisław Tomasz Świętosław Rafał Przemysław Kazimierz",
        "Kowalski Wiśniewski Wójcik Kamiński Zieliński Szymański Woźniak Dąbrowski Jabłoński"
        " Krawczyk Łukasik Śliwiński Żurawski Pawłowski Gołębiowski Brzęczyszczykiewicz",
    ),
    Culture(
        "Czech and Slovak",
        2,
        "Jiří Zdeněk Ondřej Řehoř Vojtěch Lukáš Matěj Šimon Tomáš Ľubomír Štefan Čeněk",
        "Dvořák Černý Procházka Kučera Veselý Horák Němec Pokorný Růžička Beneš Fiala Ďurica"
        " Šťastný Žák",
    ),
    Culture(
        "Hungarian",
        2,
        "Ágnes Béla Csilla Dezső Erzsébet Ferenc Györgyi István Katalin László Miklós Ödön"
        " Péter Réka Sándor Tünde Zoltán Zsófia",
        "Nagy Kovács Tóth Szabó Horváth Varga Kiss Molnár Németh Farkas Balogh Papp Takács"
        " Juhász Lakatos Mészáros Oláh Erdős",
        family_first=True,
    ),
    Culture(
        "Romanian",
        2,
        "Ștefan Mihăiță Ioana Răzvan Cătălina Dragoș Ilinca Mădălina Tudor Țică Bogdan Luminița"
        " Horațiu Anișoara",
        "Ionescu Popa Dumitrașcu Munteanu Știrbu Țepeș Bălan Cârstea Drăghici Stănescu"
        " Ungureanu Vădan Mureșan Năstase",
    ),
    Culture(
        "Croatian and Serbian",
        2,
        "Anđela Božidar Čedomir Dražen Đorđe Goran Ivana Ljiljana Miloš Nikša Željko Šime Vesna"
        " Zoran",
        "Horvat Kovačević Babić Marić Jurić Đurić Šarić Petrović Božić Čolić Vuković Žnidarić"
        " Matić Lončar",
    ),
    Culture(
        "Baltic",
        1,
        "Jānis Ilze Ģirts Līga Kārlis Ņina Žydrūnas Eglė Rūta Šarūnas Mindaugas Jūratė Tõnu Õie"
        " Märt Külli",
        "Bērziņš Kalniņš Ozoliņš Liepiņš Kazlauskas Stankevičius Žukauskas Kõiv Tamm Mägi"
        " Rebane Õunapuu Jürgenson Põder",
    ),
    Culture(
        "Turkish",
        5,
        "İbrahim Işıl Çağla Ömer Şeyma Gülşah Yiğit Özge Uğur Sıla İpek Barış Ayşe Kıvanç Ünal"
        " Tuğba Ceyhun Nazlı Ilgın Çetin Buğra Gökçe Şükrü İnci",
        "Yılmaz Kaya Demir Şahin Çelik Yıldız Yıldırım Öztürk Aydın Özdemir Arslan Doğan Kılıç"
        " Aslan Çetin Kara Koç Kurt Özkan Şimşek İnan Işık Güneş Tunç",
    ),
    Culture(
        "Vietnamese",
        4,
        "Minh_Anh Thị_Hương Đức_Huy Ngọc_Ánh Quốc_Bảo Thùy_Dương Văn_Hải Mỹ_Linh Hữu_Nghĩa"
        " Kim_Oanh Tấn_Phát Như_Quỳnh Thanh_Sơn Bích_Thủy Việt_Tuấn Cẩm_Vân Gia_Hân Xuân_Trường",
        "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đoàn Trịnh",
        family_first=True,
    ),
    Culture(
        "Yoruba",
        3,
        "Adébáyọ̀ Ayọ̀délé Bọ́lánlé Fúnmiláyọ̀ Ọlámidé Olúwaṣeun Títílayọ̀ Yétúndé Ṣadé"
        " Kẹ́hìndé Táíwò Ọmọlará Babátúndé Fọlákẹ́ Gbénga Ìyábọ̀ Kọ́lá Mosúnmọ́lá",
        "Adéyẹmí Akíntọ́lá Balógun Ọláníyan Ògúnlẹ́sì Awólọ́wọ̀ Ṣóyínká Fálọlá Adéọlá Ọ̀ṣúndáre"
        " Oyèwọlé Àjàyí Bámgbóṣé Ìdòwú Olúṣọlá Òjó Ọdúnsì Afọlábí",
    ),
    Culture(
        "Igbo",
        2,
        "Chịnedụ Adaọra Ịfeọma Ọbịnna Ngọzi Kelechi Chiamaka Ụchenna Ebere Nnamdi Amarachi"
        " Ọgechi Ikenna Ụzọma Chukwuemeka Nneka",
        "Okafọ Nwankwọ Eze Ọkọnkwọ Obi Achebe Nwosu Ọnwụka Ụdeh Mbanefo Ịhejirika Okeke Anyanwụ"
        " Chukwu Ezeọnye Uzoigwe",
    ),
    Culture(
        "Indian",
        4,
        "Ananya Rohan Kavya Siddharth Meera Arjun Priya Vikram Lakshmi Nikhil Divya Rahul"
        " Sunita Karthik Pooja Imran Nisha Harpreet Tanvi Deepak",
        "Nair Sharma Iyer Patel Reddy Kapoor Chatterjee Singh Gupta Joshi Menon Desai Pillai"
        " Bose Khan Rao Mehta Banerjee Fernandes Kulkarni",
    ),
    Culture(
        "East African",
        2,
        "Wanjirũ Otieno Nyambura Juma Achieng Mũtua Zawadi Baraka Halima Kamau Amina Tesfaye"
        " Makena Njoroge",
        "Mwangi Ochieng Kĩmani Wambũi Odhiambo Mutiso Hassan Ndũng'u Kiprotich Abdi Were Njenga"
        " Mensah Asante",
    ),
    Culture(
        "Māori and Hawaiian",
        1,
        "Māia Tāne Aroha Hēmi Wiremu Kāhu Ngāio Keʻala Kaʻiulani Hōkū Rāwiri Mārama",
        "Te_Kanawa Pōtatau Ngāta Parātene Kahananui Kealoha Tūwhare Wīhongi Mahuta Kalākaua",
    ),
)
